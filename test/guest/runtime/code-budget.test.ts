import { expect, test } from '@jest/globals';
import { CodeBudget } from '../../../lambda/guest/runtime/code-budget.ts';

test('one budget holds for all languages: what was not used for longest goes first', () => {
  const budget = new CodeBudget(100);
  const images = budget.shelf<string>(10);
  const modules = budget.shelf<string>(10);
  images.set('a', 'image a', 40);
  modules.set('a', 'module a', 40);
  expect(images.get('a')).toBe('image a');
  images.set('b', 'image b', 40);
  expect(modules.keys()).toEqual([]);
  expect(images.keys()).toEqual(['a', 'b']);
  expect(budget.usedBytes).toBeLessThanOrEqual(100);
});

test('what takes more than the whole budget is not kept, and drops nothing', () => {
  const budget = new CodeBudget(100);
  const shelf = budget.shelf<string>(10);
  shelf.set('small', 'value', 40);
  shelf.set('large', 'value', 100);
  expect(shelf.keys()).toEqual(['small']);
});

test('a value that takes another room replaces the one of its key', () => {
  const budget = new CodeBudget(100);
  const shelf = budget.shelf<string>(10);
  shelf.set('a', 'first', 80);
  shelf.set('a', 'second', 20);
  expect(shelf.get('a')).toBe('second');
  shelf.set('b', 'other', 70);
  expect(shelf.keys()).toEqual(['a', 'b']);
});

test('a shelf has a number of entries of its own', () => {
  const shelf = new CodeBudget(1000).shelf<number>(2);
  for (const [value, key] of ['a', 'b', 'c'].entries()) shelf.set(key, value, 1);
  expect(shelf.keys()).toEqual(['b', 'c']);
});

test('a budget of nothing keeps nothing', () => {
  const shelf = new CodeBudget(0).shelf<number>(2);
  shelf.set('a', 1, 0);
  expect(shelf.get('a')).toBeUndefined();
});
