// See docs/browser.md. The block scopes the names.
{
// Whether the id is at or before the position.
const covers = (position, id) => {
	const [epoch, at = 0] = position.split('-');
	const [idEpoch, sequence = 0] = id.split('-');
	return +sequence === 0 || (epoch === idEpoch && +sequence <= +at);
};

const follow = (stream, url, options = {}) => {
	const { snapshot, from, since, token, withCredentials = false, events = [], shared = true, retry = [1000, 30000] } = options;
	const names = ['message', ...events];
	const life = new AbortController();
	let stay; // Aborted when the page is left.
	let channel; // To other tabs.
	let position = options.lastEventId; // Dispatched up to here.
	let waiting; // Messages, while history is read.
	let isOpen, isReset; // Of the shared connection.
	let holds, source, failures = 0; // This tab's connection,
	let heard, access_token; // its last id, its last token.

	const dispatch = (type, detail) => life.signal.aborted || stream.dispatchEvent(new CustomEvent(type, { detail }));

	const show = state => {
		const away = stream.state === 'connecting' ? stream.state : 'behind';
		state ??= isReset ? 'reset' : isOpen && !waiting ? 'live' : away;
		if (state === stream.state || life.signal.aborted) return;
		dispatch('state', { state: stream.state = state });
	};

	const deliver = (type, detail, id) => {
		position = id;
		isReset = type === 'reset';
		dispatch(type, detail);
	};

	const update = (id, event, data) => {
		if (names.includes(event)) deliver('update', { id, event, data }, id ?? position);
		else position = id;
	};

	const end = detail => {
		dispatch('end', detail);
		show('ended');
		close();
	};

	const at = (resource, query) => {
		const address = new URL(url, document.baseURI);
		address.pathname = address.pathname.replace(/events$/, resource);
		for (const name in query) if (query[name]) address.searchParams.set(name, query[name]);
		return address;
	};

	const get = async (resource, query) => {
		const credentials = withCredentials ? 'include' : 'same-origin';
		access_token = await token?.();
		const response = await fetch(at(resource, { ...query, access_token }), { signal: stay.signal, credentials, cache: 'no-store' });
		if (response.ok || response.status === 410) return response;
		throw new Error(response.status);
	};

	// The headers say where a stream starts. 204: deleted.
	const probe = async query => {
		const response = await get('events', query);
		response.body?.cancel();
		if (response.status === 204) end({ reason: 'deleted' });
		return response.headers.get('Last-Event-ID');
	};

	const start = async () => {
		if (!snapshot) return position = await probe({ from, since });
		const now = await (await get('posts')).json();
		deliver('snapshot', now, now.id);
	};

	const read = async (after = position) => {
		const { updates, next, reset } = await (await get('updates', { after, limit: 1000 })).json();
		if (!updates) {
			deliver('reset', reset, snapshot ? null : reset.from);
			return snapshot ? start() : read();
		}
		for (const { id, event, data } of updates) {
			if (!covers(position, id)) update(id, event ?? 'message', data.replace(/\r\n?/g, '\n'));
		}
		if (next) await read(next);
	};

	// Twice as long each time.
	const pause = times => new Promise(resolve => {
		setTimeout(resolve, Math.min(retry[1], retry[0] * 2 ** times) * (1 + Math.random()) / 2);
		stream.addEventListener('wake', resolve, { once: true });
	});

	// Starts or reads history, then takes what waits.
	const fill = async ({ signal }, times = 0) => {
		show();
		for (let isDone; !isDone; times++) {
			if (times) await pause(times);
			if (!signal.aborted) isDone = await (position ? read() : start()).then(() => position, () => false);
			if (signal.aborted) return;
		}
		const messages = waiting;
		waiting = null;
		connect();
		messages.forEach(take);
		show();
	};

	const take = message => {
		isOpen = message.isOpen ?? isOpen;
		if (waiting) {
			// Read from history instead.
			if (waiting.length === 1000) waiting = [];
			return waiting.push(message);
		}
		const { event, data, previous, id, isLate } = message;
		const isNext = previous === position;
		if (event === 'end') return end(data);
		if (!isNext && !covers(position, id ?? previous)) {
			waiting = [{ ...message, isLate: 1 }];
			return fill(stay, isLate);
		}
		if (event === 'snapshot') isReset && deliver(event, data, data.id);
		else if (event === 'reset') isNext && deliver(event, data, data.from);
		else if (event && (isNext || !id)) update(id, event, data);
		show();
	};

	const send = message => {
		channel?.postMessage(message);
		take(message);
	};

	const tell = () => send({ isOpen: source?.readyState === EventSource.OPEN, previous: heard });

	const connect = () => {
		if (!holds || source || !position) return;
		source = new EventSource(at('events', { snapshot, lastEventId: position, access_token }), { withCredentials });
		heard = position;
		tell();
		source.onopen = () => {
			failures = 0;
			tell();
		};
		source.onerror = ({ target }) => {
			tell();
			if (![2, token && 0].includes(target.readyState)) return; // The browser reconnects.
			source = target.close();
			reopen(stay);
		};
		for (const event of [...names, 'reset', 'snapshot', 'end']) {
			source.addEventListener(event, ({ data, lastEventId }) => {
				if (data == null) return; // An error.
				// Without an id, lastEventId is the previous one.
				const id = lastEventId === heard ? null : lastEventId;
				send({ event, data: names.includes(event) ? data : JSON.parse(data), id, previous: heard });
				heard = lastEventId;
			});
		}
	};

	const reopen = async ({ signal }) => {
		await pause(failures++);
		signal.aborted || source || probe({ lastEventId: position }).then(connect, () => reopen({ signal }));
	};

	// Ends pauses, in the holder too.
	const wake = () => {
		dispatch('wake');
		if (!holds) channel?.postMessage({ isAsking: true });
		else if (heard) tell();
	};

	const join = () => {
		const { signal } = stay = new AbortController();
		const hold = () => signal.aborted || new Promise(release => {
			signal.onabort = release;
			holds = true;
			connect();
		});
		waiting = [];
		if (shared && navigator.locks) {
			const name = at('events', { snapshot, withCredentials, events }).href;
			channel = new BroadcastChannel(name);
			channel.onmessage = ({ data }) => data.isAsking ? holds && wake() : take(data);
			navigator.locks.request(name, { signal }, hold).catch(hold); // Denied in sandboxed frames.
		} else hold();
		wake();
		fill(stay);
	};

	const leave = () => {
		stay.abort();
		source?.close();
		channel?.close();
		source = channel = holds = isOpen = null;
	};

	const close = () => {
		life.abort();
		leave();
	};

	// In the back/forward cache nothing is held.
	const turn = ({ type, persisted }) => {
		if (type === 'pagehide') leave();
		else if (persisted) join();
		else if (!document.hidden) wake();
	};

	for (const type of ['pagehide', 'pageshow', 'online', 'visibilitychange']) addEventListener(type, turn, life);
	join();
	return close;
};

class LiveStream extends EventTarget {
	state = 'connecting';

	constructor(url, options) {
		super();
		this.close = follow(this, url, options);
	}
}

// DOMParser's documents run and load nothing.
const textOf = html => {
	const { body } = new DOMParser().parseFromString(html, 'text/html');
	for (const code of body.querySelectorAll('script,style')) code.remove();
	for (const block of body.querySelectorAll('br,p,div,li,tr,h1,h2,h3')) block.after('\n');
	return body.textContent.trim();
};

// Null if the data is not nothing but changes of posts.
const changesIn = data => {
	try {
		const { renders = {}, removals = [], ...others } = JSON.parse(data);
		const arePosts = Object.values(renders).every(({ show, content }) => typeof show + typeof content === 'booleanstring')
			&& removals.every(id => typeof id === 'string');
		return arePosts && !Object.keys(others).length ? { renders, removals } : null;
	} catch {
		return null;
	}
};

const boxOf = element => element.getBoundingClientRect();

class LivePosts {
	constructor(list, { html, live } = {}) {
		Object.assign(this, { list, html, live });
		list.ariaLive ??= 'polite';
	}

	follow(stream) {
		stream.addEventListener('snapshot', ({ detail }) => this.replace(detail.posts));
		stream.addEventListener('update', ({ detail: { id, event, data } }) => {
			// The server's posts change by kept updates only.
			const changes = event === 'message' && (id || this.live) && changesIn(data);
			if (changes) this.apply(changes);
		});
		return this;
	}

	apply({ renders, removals }) {
		this.#change(Object.entries(renders ?? {}), removals);
	}

	replace(posts) {
		this.#change(posts.map(post => [post.id, post]).reverse(), null, true);
	}

	#change(renders, removals, isWhole) {
		const items = new Map();
		for (const item of this.list.children) {
			const post = 'postId' in item.dataset ? item : item.querySelector('[data-post-id]');
			if (post) items.set(post.dataset.postId, item);
		}
		const keepPlace = this.#place(items);
		if (isWhole) items.forEach(item => item.remove());
		for (const [id, { show, content }] of renders) {
			const item = document.createElement(/^[OU]L$/.test(this.list.tagName) ? 'li' : 'div');
			item.className = 'live-post-wrapper';
			item.dataset.postId = id;
			item.style.display = show ? '' : 'none';
			if (this.html) item.innerHTML = content;
			else item.textContent = textOf(content);
			const old = items.get(id);
			old?.isConnected ? old.replaceWith(item) : this.list.prepend(item);
			items.set(id, item);
		}
		for (const id of removals ?? []) items.get(id)?.remove();
		keepPlace?.();
	}

	// Keeps what is read in place.
	#place(items) {
		let scroller = this.list;
		while (scroller && !scroller.scrollTop) scroller = scroller.parentElement;
		if (!scroller) return;
		const edge = Math.max(0, boxOf(scroller).top);
		const [id, item] = [...items].find(([, item]) => boxOf(item).bottom > edge) ?? [];
		if (!item || boxOf(this.list).top >= edge) return;
		const { top } = boxOf(item);
		return () => items.get(id).isConnected && (scroller.scrollTop += boxOf(items.get(id)).top - top);
	}
}

class LivePage extends HTMLElement {
	connectedCallback() {
		const { src, html, 'no-snapshot': live, 'last-event-id': position } = this.attributes;
		this.stream = new LiveStream(src.value, { snapshot: !live, lastEventId: position?.value });
		this.stream.addEventListener('state', () => this.#show());
		this.#show();
		new LivePosts(this, { html }).follow(this.stream);
	}

	disconnectedCallback() { this.stream.close(); }
	#show() { this.setAttribute('state', this.stream.state); }
}

window.LiveStreams = { LiveStream, LivePosts, LivePage };
if (!customElements.get('live-page')) customElements.define('live-page', LivePage);
}
