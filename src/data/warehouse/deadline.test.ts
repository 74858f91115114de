import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { abortReason, after, watchRun } from './deadline.ts';

const timeout = () => new AppError('statement.timeout', 'too long');
const cancelled = () => new AppError('statement.cancelled', 'gone');

describe('watchRun', () => {
  it('stops at the deadline and goes on interrupting until the run is over', () => {
    vi.useFakeTimers();
    const interrupt = vi.fn();
    const watch = watchRun({ seconds: 2, timeout, interrupt });
    vi.advanceTimersByTime(1999);
    expect(watch.reason()).toBeUndefined();
    watch.check();
    vi.advanceTimersByTime(1);
    expect(interrupt).toHaveBeenCalledTimes(1);
    expect(() => watch.check()).toThrow('too long');
    vi.advanceTimersByTime(30);
    expect(interrupt).toHaveBeenCalledTimes(4);
    watch.end();
    vi.advanceTimersByTime(1000);
    expect(interrupt).toHaveBeenCalledTimes(4);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('keeps the first reason', () => {
    const watch = watchRun({ seconds: 100, timeout, interrupt: () => undefined });
    watch.stop(cancelled());
    watch.stop(timeout());
    expect(watch.reason()?.code).toBe('statement.cancelled');
    watch.end();
  });

  it('does not stop a run that is over', () => {
    const interrupt = vi.fn();
    const controller = new AbortController();
    const watch = watchRun({ seconds: 100, timeout, interrupt, signal: controller.signal });
    watch.end();
    watch.stop(cancelled());
    controller.abort();
    expect(watch.reason()).toBeUndefined();
    expect(interrupt).not.toHaveBeenCalled();
  });

  it('follows a signal, also one that was aborted before', () => {
    const controller = new AbortController();
    const watch = watchRun({ seconds: 100, timeout, interrupt: () => undefined, signal: controller.signal });
    controller.abort();
    expect(watch.reason()?.code).toBe('statement.cancelled');
    watch.end();
    const late = watchRun({ seconds: 100, timeout, interrupt: () => undefined, signal: controller.signal });
    expect(late.reason()?.code).toBe('statement.cancelled');
    late.end();
  });

  it('tells listeners, at once when it has stopped already', () => {
    const watch = watchRun({ seconds: 100, timeout, interrupt: () => undefined });
    const [early, late] = [vi.fn(), vi.fn()];
    watch.onStop(early);
    expect(early).not.toHaveBeenCalled();
    watch.stop(cancelled());
    watch.onStop(late);
    expect([early, late].map((each) => each.mock.calls.length)).toEqual([1, 1]);
    watch.end();
  });
});

describe('abortReason', () => {
  it('is the reason of the signal if that is one of ours, else statement.cancelled with it as cause', () => {
    const own = new AppError('service.draining', 'bye');
    expect(abortReason(AbortSignal.abort(own))).toBe(own);
    const foreign = abortReason(AbortSignal.abort('closed'));
    expect([foreign.code, foreign.cause]).toEqual(['statement.cancelled', 'closed']);
  });
});

describe('after', () => {
  it('makes no timer for a wait without end, and none that fires at once for a very long one', () => {
    vi.useFakeTimers();
    const act = vi.fn();
    expect(after(Infinity, act)).toBeUndefined();
    after(10 ** 9, act);
    vi.advanceTimersByTime(10 ** 6);
    expect(act).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});
