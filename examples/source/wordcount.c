/*
 * A WASI program, as a C compiler makes it: reads a file that came with the request (or stdin),
 * counts its words, prints the most frequent ones, and writes a report to its scratch directory.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 4096, MAX_LETTERS = 32 };

struct entry {
  char word[MAX_LETTERS];
  int count;
};

static struct entry entries[MAX_WORDS];
static int used = 0;

static void count_word(const char *word) {
  for (int i = 0; i < used; i++) {
    if (strcmp(entries[i].word, word) == 0) {
      entries[i].count++;
      return;
    }
  }
  if (used < MAX_WORDS) {
    strcpy(entries[used].word, word);
    entries[used++].count = 1;
  }
}

static int most_frequent_first(const void *left, const void *right) {
  const struct entry *a = left, *b = right;
  return a->count != b->count ? b->count - a->count : strcmp(a->word, b->word);
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : NULL;
  const int top = argc > 2 ? atoi(argv[2]) : 5;
  FILE *text = path == NULL ? stdin : fopen(path, "r");
  if (text == NULL) {
    fprintf(stderr, "wordcount: cannot read %s\n", path);
    return 2;
  }

  char word[MAX_LETTERS];
  size_t length = 0;
  int words = 0;
  for (int c = fgetc(text);; c = fgetc(text)) {
    if (c != EOF && isalpha(c)) {
      if (length + 1 < MAX_LETTERS) word[length++] = (char)tolower(c);
      continue;
    }
    if (length > 0) {
      word[length] = '\0';
      count_word(word);
      words++;
      length = 0;
    }
    if (c == EOF) break;
  }

  qsort(entries, (size_t)used, sizeof entries[0], most_frequent_first);
  FILE *report = fopen("report.txt", "w");
  for (int i = 0; i < used && i < top; i++) {
    printf("%4d  %s\n", entries[i].count, entries[i].word);
    if (report != NULL) fprintf(report, "%s=%d\n", entries[i].word, entries[i].count);
  }
  if (report != NULL) fclose(report);
  fprintf(stderr, "%d words, %d different\n", words, used);
  return words == 0 ? 1 : 0;
}
