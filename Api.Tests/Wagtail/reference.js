// A minimal implementation of the rules in docs/wagtail.md. LivePosts must do the same.
function render({ renders, removals }) {
	const list = document.querySelector('#live-posts');
	const find = id => [...list.children].find(
		child => child.dataset.postId === id || child.querySelector(`[data-post-id="${CSS.escape(id)}"]`));
	for (const [id, { show, content }] of Object.entries(renders)) {
		const post = document.createElement('article');
		post.dataset.postId = id;
		post.innerHTML = content;
		post.style.display = show ? '' : 'none';
		const old = find(id);
		if (old) old.replaceWith(post);
		else list.prepend(post);
	}
	for (const id of removals) find(id)?.remove();
}
