import './livestreams.js';
export const { LiveStream, LivePosts, LivePage } = window.LiveStreams;
