"""What ipywidgets leaves out for screen readers, added in the browser to the nodes that it makes.

ipywidgets 8 gives the handle of a slider no name, a toggle button no state, a progress bar no role, and it
replaces the content of an HTML widget, so that a live region in there is never announced. None of this can be
said from Python. `style(css)` is the style sheet of an explorer or a quiz; when the browser has read it, it runs
MEND, which sets the missing attributes and watches for new nodes. It sends nothing to the kernel. It also keeps
letters and digits from JupyterLab while the focus is inside: there x would cut the cell, and 1 make it a heading.

What MEND goes by are classes, set from Python:

    .lstm-explorer, .lstm-quiz   the whole: a group named by its .lstm-title, or else by its .lstm-question
    .lstm-group                  a part of it: a group named by its .lstm-question
    .lstm-row                    a row of buttons: a group named by its .lstm-name
    .lstm-slider                 a number box and its slider: the handle is named by the box's label
    .lstm-choice, .lstm-chosen   a button that is chosen or not
    .lstm-live                   an HTML widget whose words are announced when they change
    .lstm-busy                   on the whole while it changes by itself: announced is what it says at the end
"""

from html import escape

MEND = """
const root = this.closest('.lstm-explorer, .lstm-quiz');
const set = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);
const name = (node, role, words) => { set(node, 'role', role); set(node, 'aria-label', words); };
const words = (node, part) => (node.querySelector(part) || {textContent: ''}).textContent.trim();
const all = (part, act) => root.querySelectorAll(part).forEach(act);
const go_on = () => {                   // the question has gone with the button that was pressed: on to the verdict
    const panel = root.querySelector('.lstm-predict'), verdict = root.querySelector('.lstm-verdict');
    if (root.asked && panel && !panel.offsetParent && !panel.contains(document.activeElement)) {
        root.asked = false;
        verdict.tabIndex = -1;
        verdict.focus({preventScroll: true});
    }
};
const mend = () => {
    go_on();
    name(root, 'group', words(root, '.lstm-title') || words(root, '.lstm-question'));
    all('.lstm-group', group => name(group, 'group', words(group, '.lstm-question')));
    all('.lstm-row', row => name(row, 'group', words(row, '.lstm-name')));
    all('.lstm-controls', group => name(group, 'group', 'settings'));
    all('.widget-toggle-buttons', group => name(group, 'group',
        words(group, 'label') || (group.closest('.lstm-predict') ? 'answers' : group.title) || 'choices'));
    all('.widget-toggle-button', button => set(button, 'aria-pressed', '' + button.classList.contains('mod-active')));
    all('.lstm-choice', button => set(button, 'aria-pressed', '' + button.classList.contains('lstm-chosen')));
    all('.lstm-slider', pair => pair.querySelectorAll('[role=slider]').forEach(handle => {
        set(handle, 'aria-label', words(pair, 'label'));
        set(handle, 'aria-description', 'arrow keys, or type a number');
        pair.querySelectorAll('input').forEach(box => set(box, 'tabindex', '-1'));
        set(handle, 'aria-valuetext', '' + +(+handle.getAttribute('aria-valuetext')).toPrecision(9));
    }));
    all('.widget-hprogress', bar => {
        name(bar, 'progressbar', 'done');
        set(bar, 'aria-valuenow', '' + parseInt(words(bar, 'label')));
    });
    all('.lstm-live > .widget-html-content', live => {
        set(live, 'role', 'status');
        set(live, 'aria-busy', '' + live.matches('.lstm-busy > .lstm-live > *'));
    });
};
if (root && !root.mended) {
    root.mended = true;
    mend();
    new MutationObserver(mend).observe(root, {subtree: true, childList: true, attributes: true,
                                              attributeFilter: ['class', 'aria-valuetext']});
    const keep = event => root.contains(event.target) && event.target.toggleAttribute(
        'data-lm-suppress-shortcuts', (event.key || '').length === 1 && !event.ctrlKey && !event.metaKey);
    root.addEventListener('focusin', event => { root.asked = Boolean(event.target.closest('.lstm-predict')); });
    root.addEventListener('keydown', event => {         // a digit on a slider goes into its box
        const box = event.target.matches('.lstm-slider [role=slider]') && /^[-\u2212.,0-9]$/.test(event.key)
            && event.target.closest('.lstm-slider').querySelector('input');
        if (box) { box.focus(); box.select(); }
    }, true);
    root.addEventListener('focusin', () => window.addEventListener('keydown', keep, true));
    root.addEventListener('focusout', () => window.removeEventListener('keydown', keep, true));
}
"""


def style(css):
    """A style sheet that brings MEND with it."""
    return f'<style onload="{escape(MEND)}">{css}</style>'
