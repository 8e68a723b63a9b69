/* Walks, writes, renames and lists files through the C standard library and POSIX. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int by_name(const void *one, const void *other) {
  return strcmp(*(char *const *)one, *(char *const *)other);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("arg %s\n", argv[i]);
  printf("env %s\n", getenv("GREETING"));

  FILE *given = fopen("/in/given.txt", "r");
  char line[64];
  if (!given || !fgets(line, sizeof line, given)) return 1;
  fclose(given);
  printf("given %s", line);

  if (mkdir("made", 0777) != 0) return 2;
  FILE *out = fopen("made/out.txt", "w+");
  fprintf(out, "%d %.3f %s\n", 42, 3.14159, "words");
  fseek(out, 0, SEEK_SET);
  if (!fgets(line, sizeof line, out)) return 3;
  fclose(out);
  printf("wrote %s", line);

  FILE *more = fopen("made/out.txt", "a");
  fputs("appended\n", more);
  fclose(more);
  struct stat status;
  if (stat("made/out.txt", &status) != 0) return 4;
  printf("size %lld\n", (long long)status.st_size);

  if (rename("made/out.txt", "made/moved.txt") != 0) return 5;
  if (symlink("moved.txt", "made/link.txt") != 0) return 6;
  if (access("made/out.txt", F_OK) == 0 || errno != ENOENT) return 7;

  char *names[16];
  size_t count = 0;
  DIR *directory = opendir("made");
  for (struct dirent *entry; (entry = readdir(directory)) && count < 16;)
    names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  for (size_t i = 0; i < count; i++) printf("entry %s\n", names[i]);

  if (fopen("/missing/file", "r") || errno != ENOENT) return 8;
  if (fopen("../../etc/passwd", "r")) return 9;

  struct timespec before, after, pause = {0, 20000000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long elapsed = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  printf("slept %s\n", elapsed >= 20 ? "enough" : "too little");
  printf("clock %s\n", time(NULL) > 1700000000 ? "set" : "unset");

  fputs("to stderr\n", stderr);
  int character, sum = 0;
  while ((character = getchar()) != EOF) sum += character;
  printf("stdin sums to %d\n", sum);
  return 7;
}
