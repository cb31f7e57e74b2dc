import { LiveStream, LivePosts } from '/livestreams.mjs';
import { curl, path, send } from '/try/curl.js';
import { readFrames } from '/try/frames.js';

const MaxFrames = 200;
const $ = id => document.getElementById(id);
const encoder = new TextEncoder();
const presence = /^event: presence\ndata: {"subscribers":(\d+)}$/m;

let stream, frames; // Two connections: one follows the page, the other shows its bytes.
let name, seen; // The page's name, and how many events and bytes were received.
let position, shown; // The last id of each connection. Only the second receives events of every name.

// Follow the page

const open = () => {
	name = $('name').value;
	[position, shown, seen] = [undefined, undefined, { events: 0, bytes: 0 }];
	$('posts').replaceChildren();
	$('frames').replaceChildren();
	connect();
	showRequest();
};

const connect = () => {
	disconnect();
	stream = new LiveStream(path('pages', name, 'events'), { snapshot: true, lastEventId: position, shared: false });
	stream.addEventListener('state', ({ detail }) => {
		showState(detail.state);
		if (detail.state === 'ended') frames.abort();
	});
	new LivePosts($('posts')).follow(stream);
	stream.addEventListener('snapshot', ({ detail }) => moveTo(detail.id));
	stream.addEventListener('update', ({ detail }) => moveTo(detail.id));
	showState(stream.state);
	frames = new AbortController();
	follow(frames);
};

const disconnect = () => {
	stream?.close();
	frames?.abort();
};

// The second stream of this page, which only shows its bytes. It reconnects after the server's default retry time.
const follow = async ({ signal }) => {
	const address = path('pages', name, 'events') + '?snapshot=true&presence=true';
	await readFrames(address, shown, signal, showFrame).catch(() => {});
	if (!signal.aborted) setTimeout(() => signal.aborted || follow({ signal }), 2000);
};

const moveTo = id => {
	position = id ?? position;
	$('no-posts').hidden = $('posts').childElementCount > 0;
};

const showState = state => {
	$('state').dataset.state = state;
	$('state').textContent = state;
};

const showFrame = block => {
	const id = /^id: ?(.*)$/m.exec(block)?.[1];
	seen.bytes += encoder.encode(block).length + 2;
	if (/^data:/m.test(block)) seen.events++;
	$('events').textContent = seen.events;
	$('bytes').textContent = seen.bytes;
	$('subscribers').textContent = presence.exec(block)?.[1] ?? $('subscribers').textContent;
	shown = id ?? shown;
	$('position').textContent = shown;
	addLine(block);
	if (/^event: reset$/m.test(block)) addLine('updates may be missing; the snapshot that follows replaces them', 'note');
};

const addLine = (text, className = '') => {
	const [item, time, frame] = ['li', 'time', 'span'].map(tag => document.createElement(tag));
	time.textContent = new Date().toISOString().slice(11, 23);
	frame.textContent = text;
	frame.className = className;
	item.append(time, frame);
	$('frames').prepend(item);
	while ($('frames').childElementCount > MaxFrames) $('frames').lastChild.remove();
};

// Publish

const kind = () => document.querySelector('[name=kind]:checked').value;

const putRequest = () => ({
	method: 'PUT',
	address: path('pages', name, 'posts', $('post-id').value) + ($('post-hidden').checked ? '?show=false' : ''),
	type: 'text/html',
	body: $('post-html').value,
});

const removeRequest = () => ({ method: 'DELETE', address: path('pages', name, 'posts', $('post-id').value) });

const updateRequest = () => {
	const query = new URLSearchParams();
	if ($('update-event').value) query.set('event', $('update-event').value);
	if ($('update-live').checked) query.set('keep', 'false');
	return {
		method: 'POST',
		address: path('pages', name, 'updates') + (query.size ? `?${query}` : ''),
		type: $('update-json').checked ? 'application/json' : undefined,
		body: $('update-data').value,
	};
};

const showRequest = () => {
	$('post').hidden = kind() !== 'post';
	$('update').hidden = kind() !== 'update';
	$('curl').textContent = curl(kind() === 'post' ? putRequest() : updateRequest());
};

const publish = async request => {
	$('curl').textContent = curl(request);
	const { text, failed } = await send(request).catch(error => ({ text: error.message, failed: true }));
	$('answer').textContent = text;
	$('answer').toggleAttribute('data-failed', !!failed);
};

const on = (id, type, act) => $(id).addEventListener(type, event => {
	event.preventDefault();
	act();
});

on('open', 'submit', open);
on('post', 'submit', () => publish(putRequest()));
on('post-remove', 'click', () => publish(removeRequest()));
on('update', 'submit', () => publish(updateRequest()));
on('copy', 'click', () => navigator.clipboard.writeText($('curl').textContent));
on('cut', 'click', () => {
	const isCut = $('cut').getAttribute('aria-pressed') !== 'true';
	$('cut').setAttribute('aria-pressed', isCut);
	$('cut').textContent = isCut ? 'Reconnect' : 'Cut the connection';
	addLine(isCut ? `cut after ${shown}` : `reconnecting with Last-Event-ID: ${shown}`, 'note');
	if (!isCut) return connect();
	disconnect();
	showState('cut');
});

for (const form of document.querySelectorAll('.publish')) {
	form.addEventListener('input', showRequest);
	form.addEventListener('keydown', event => {
		if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
	});
}
for (const choice of document.querySelectorAll('[name=kind]')) choice.addEventListener('change', showRequest);

open();
