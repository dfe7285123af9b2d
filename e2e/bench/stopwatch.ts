// The stopwatch: installed in a page before its own code runs, it notes when something is pressed and when the first
// frame of somebody's picture is presented. Start and stop are read from the same page's clock.

export interface Stopwatch {
  /** Presses the button and starts counting until a frame of that person is presented. */
  press(button: HTMLElement, name: string): void;
  /** The same with the first button of that name that appears inside a dialog, as soon as it does. */
  pressInDialog(button: string, name: string): void;
  /** Milliseconds from the press to the frame; waits for it. */
  frame(): Promise<number>;
}

declare global {
  interface Window {
    stopwatch: Stopwatch;
  }
}

/** Runs in the page. It is sent there as text, so it refers to nothing outside itself. */
export function installStopwatch(): void {
  const watched = new WeakSet<HTMLVideoElement>();
  let person = '';
  let pressed = 0;
  let wanted = '';
  let frame: Promise<number> = Promise.resolve(0);
  let presented = (_: number): void => undefined;

  const expect = (name: string): void => {
    person = name;
    frame = new Promise((resolve) => (presented = resolve));
  };

  const start = (button: HTMLElement): void => {
    pressed = performance.now();
    button.click();
  };

  const watch = (video: HTMLVideoElement): void => {
    if (watched.has(video)) return;
    watched.add(video);
    const seen = (): void => {
      if (video.closest('[role="group"]')?.getAttribute('aria-label') === person) {
        presented(performance.now() - pressed);
      }
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  };

  const label = (button: Element): string => button.getAttribute('aria-label') ?? button.textContent?.trim() ?? '';

  const look = (): void => {
    document.querySelectorAll('video').forEach(watch);
    if (!wanted) return;
    const buttons = [...document.querySelectorAll<HTMLElement>('dialog[open] button, [role="dialog"] button')];
    const found = buttons.find((button) => label(button) === wanted);
    if (!found) return;
    wanted = '';
    start(found);
  };

  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['open'] });

  window.stopwatch = {
    press(button, name) {
      expect(name);
      start(button);
    },
    pressInDialog(button, name) {
      expect(name);
      wanted = button;
      look();
    },
    frame: () => frame,
  };
}
