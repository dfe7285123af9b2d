// The floor: the least that a browser can do to show a remote picture. Two peer connections in one page, with nothing
// between them.

import type { Browser, Page } from '@playwright/test';

/** Milliseconds of one run. */
export interface Floor {
  /** Until camera and microphone were open. */
  readonly devices: number;
  /** From then until the first frame of the other connection's picture. */
  readonly connecting: number;
}

/** Any secure address will do: nothing is fetched from it. */
const ADDRESS = 'http://localhost/';

/** A page to measure it in. */
export async function openFloor(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  await context.route(`${ADDRESS}**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><video autoplay muted>' }));
  const page = await context.newPage();
  await page.goto(ADDRESS);
  return page;
}

/** Runs in the page. Constraints and configuration are those of the product. */
export async function measureFloor(): Promise<Floor> {
  const start = performance.now();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { width: { ideal: 1280, min: 640 }, height: { ideal: 720, min: 360 }, frameRate: { ideal: 30 } },
  });
  const open = performance.now();

  const configuration: RTCConfiguration = { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' };
  const [caller, callee] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  for (const [one, other] of [[caller, callee], [callee, caller]] as const) {
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined);
    for (const track of stream.getTracks()) one.addTrack(track, stream);
  }
  const video = document.querySelector('video') as HTMLVideoElement;
  const presented = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now()));
  });
  caller.ontrack = ({ track, streams }) => {
    if (track.kind === 'video') video.srcObject = streams[0] ?? null;
  };
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription as RTCSessionDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription as RTCSessionDescription);
  const frame = await presented;

  caller.close();
  callee.close();
  for (const track of stream.getTracks()) track.stop();
  video.srcObject = null;
  return { devices: open - start, connecting: frame - open };
}
