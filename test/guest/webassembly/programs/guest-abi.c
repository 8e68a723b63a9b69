/* A reactor that uses the engine's `env` functions from C. */
#include <stdint.h>
#include <string.h>

#define HOST(name) __attribute__((import_module("env"), import_name(#name)))
HOST(app_log) void app_log(const char *, size_t, const char *, size_t);
HOST(get_unixtime) int64_t get_unixtime(void);
HOST(fetch) int32_t host_fetch(const char *, size_t, char *, size_t);
HOST(capture_stdout) void capture_stdout(const char *, size_t);

static char response[64];
static char large[4096];

__attribute__((export_name("run"))) int32_t run(void) {
  static const char options[] = "{\"url\":\"https://api.example.com/\"}";
  app_log("warn", 4, "about to fetch", 14);
  int32_t length = host_fetch(options, sizeof options - 1, response, sizeof response);
  if (length > (int32_t)sizeof response) length = host_fetch(options, 0, large, sizeof large);
  if (length > 0) capture_stdout(large, length);
  return get_unixtime() > 1700000000 ? length : -100;
}
