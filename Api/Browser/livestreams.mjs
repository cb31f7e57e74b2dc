import './livestreams.js';
export const { LiveStream, LivePosts, LivePage } = globalThis.LiveStreams;
