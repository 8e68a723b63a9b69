/*
 * A component without WASI, written to the canonical ABI by hand: a function that takes and returns
 * strings and lists of WIT. Rust, TinyGo and others have generators for what is written out here.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* As the canonical ABI lays them out: textstats.wit has their types. */
typedef struct {
  char *bytes;
  size_t length;
} text_t;

typedef struct {
  text_t word;
  uint32_t count;
} word_count_t;

typedef struct {
  uint8_t is_error;
  union {
    struct {
      word_count_t *items;
      size_t length;
    } list;
    text_t error;
  };
} result_t;

enum { BY_COUNT = 0 };

/* What passes into the component is allocated here. */
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size,
                                                               size_t alignment, size_t size) {
  (void)old_size;
  if (size == 0) return (void *)alignment;
  void *memory = realloc(old, size);
  if (memory == NULL) __builtin_trap();
  return memory;
}

static word_count_t *words;
static size_t used, room;

static int is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || (c & 0x80) != 0;
}

static void count_word(const char *bytes, size_t length) {
  for (size_t i = 0; i < used; i++) {
    if (words[i].word.length == length && memcmp(words[i].word.bytes, bytes, length) == 0) {
      words[i].count++;
      return;
    }
  }
  if (used == room) {
    room = room == 0 ? 64 : room * 2;
    words = cabi_realloc(words, 0, 4, room * sizeof *words);
  }
  char *copy = cabi_realloc(NULL, 0, 1, length);
  memcpy(copy, bytes, length);
  words[used++] = (word_count_t){{copy, length}, 1};
}

static void count_line(char *bytes, size_t length) {
  size_t start = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && bytes[i] >= 'A' && bytes[i] <= 'Z') bytes[i] += 'a' - 'A';
    if (i < length && is_letter(bytes[i])) continue;
    if (i > start) count_word(bytes + start, i - start);
    start = i + 1;
  }
}

static int by_name(const void *left, const void *right) {
  const text_t *a = &((const word_count_t *)left)->word, *b = &((const word_count_t *)right)->word;
  int difference = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
  return difference != 0 ? difference : (int)a->length - (int)b->length;
}

static int by_count(const void *left, const void *right) {
  const word_count_t *a = left, *b = right;
  return a->count != b->count ? (a->count < b->count ? 1 : -1) : by_name(left, right);
}

__attribute__((export_name("demo:text/stats@1.0.0#count-words"))) result_t *count_words(
    text_t *lines, size_t line_count, uint32_t order, uint32_t has_limit, uint32_t limit) {
  static result_t result;
  static char nothing[] = "there are no words";
  used = 0;
  for (size_t i = 0; i < line_count; i++) {
    count_line(lines[i].bytes, lines[i].length);
    if (lines[i].length > 0) free(lines[i].bytes);
  }
  if (line_count > 0) free(lines);
  result.is_error = used == 0;
  if (used == 0) {
    result.error = (text_t){nothing, sizeof nothing - 1};
    return &result;
  }
  qsort(words, used, sizeof *words, order == BY_COUNT ? by_count : by_name);
  result.list.items = words;
  result.list.length = has_limit && limit < used ? limit : used;
  return &result;
}

/* Called when the result has been read. */
__attribute__((export_name("cabi_post_demo:text/stats@1.0.0#count-words"))) void count_words_done(
    result_t *result) {
  (void)result;
  for (size_t i = 0; i < used; i++) free(words[i].word.bytes);
  free(words);
  words = NULL;
  used = room = 0;
}
