"""What is wrong for a student who sees little, hears the page, or has no mouse: sentences, one for each fault.

axe-core looks at what the course has made (outputs and prose; JupyterLab's own parts are not ours to mend).
OUR_RULES add what axe does not know: that each control can be reached by Tab, that each choice says whether it
is chosen, that what changes is announced; and the contrast of words, which axe cannot find out here (JupyterLab lays
its panels over each other).
"""

from axe_playwright_python.sync_playwright import Axe

AXE_LOOKS_AT = {"include": [[".jp-OutputArea-output"], [".jp-RenderedMarkdown"]]}       # what the course has made
SERIOUS = ("serious", "critical")
EXCEPTIONS = {}                 # rule of axe -> why the course breaks it; so far it breaks none

OPTIONS = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}

# In the page: {fault: nodes} with the beginning of each node.
OUR_RULES = """() => {
    const rgba = words => { const [r, g, b, a = 1] = words.match(/[0-9.]+/g).map(Number); return {rgb: [r, g, b], a}; };
    const light = ({rgb}) => rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
    const ground = node => {
        const own = node ? rgba(getComputedStyle(node).backgroundColor) : {rgb: [255, 255, 255], a: 1};
        return own.a === 1 ? own : ground(node.parentElement);
    };
    const readable = node => {
        const look = getComputedStyle(node), size = parseFloat(look.fontSize);
        const large = size >= 24 || size >= 18.66 && look.fontWeight >= 700;
        const [low, high] = [light(rgba(look.color)), light(ground(node))].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05) >= (large ? 3 : 4.5);
    };
    const all = part => [...document.querySelectorAll('.lstm-explorer, .lstm-quiz')]
        .flatMap(root => [...(root.matches(part) ? [root] : []), ...root.querySelectorAll(part)]);
    const without = (nodes, test) => nodes.filter(node => !test(node))
        .map(node => node.outerHTML.slice(0, 120));
    const named = node => (node.getAttribute('aria-label') || '').trim() !== '';
    const shown = node => node.checkVisibility({visibilityProperty: true});
    // (a digit on a slider leads to its box, so the box itself is no stop)
    const controls = all('button, input, select, textarea, [role=slider], [tabindex]').filter(shown)
        .filter(node => !node.matches('.lstm-slider input, .lstm-verdict'));
    const groups = all('.lstm-explorer, .lstm-quiz, .lstm-group, .lstm-row, .widget-toggle-buttons');
    const written = [...document.querySelectorAll('.jp-OutputArea-output *, .jp-RenderedMarkdown *')]
        .filter(node => !node.closest('svg, style, mjx-container') && node.checkVisibility()
                && [...node.childNodes].some(part => part.nodeType === 3 && part.data.trim()));
    return {
        'can hardly be read': without(written, readable),
        'cannot be reached by Tab': without(controls, node => node.tabIndex >= 0 && !node.disabled),
        'is reached out of order': without(controls, node => node.tabIndex <= 0),
        // (axe takes for a name the zero-width placeholder that ipywidgets writes into each box)
        'is a box without a label': without(all('input, select, textarea').filter(shown),
            node => node.labels.length || named(node)),
        'is no group with a name': without(groups, node => node.getAttribute('role') === 'group' && named(node)),
        'does not say whether it is chosen': without(all('.widget-toggle-button, .lstm-choice'),
            node => node.getAttribute('aria-pressed') === String(node.matches('.mod-active, .lstm-chosen'))),
        'says what it does by its title "null"': without(controls, node => node.title !== 'null'),
        'is not announced when it changes': without(all('.lstm-live'),
            node => node.querySelectorAll(':scope > [role=status]').length === 1),
        'would be announced twice': without(all('[role=status] [role=status], [role=status] [aria-live]'), () => false),
        'has no place where changes are announced': without(all('.lstm-explorer, .lstm-quiz'),
            node => node.querySelector('.lstm-live')),
        'is a progress bar without its number': without(all('.widget-hprogress'),
            node => node.getAttribute('role') === 'progressbar' && node.ariaValueNow !== null),
        'is a picture without a sentence': without(
            [...document.querySelectorAll('.jp-OutputArea-output svg[role=img], .jp-OutputArea-output img')],
            node => (node.getAttribute('aria-label') || node.getAttribute('alt') || '').length > 20),
    };
}"""

SHOW_ALL = """() => {
    for (const node of document.querySelectorAll('body, .jp-LabShell')) node.style.overflow = 'visible';
}"""


def page_faults(page):
    """All faults of an open notebook."""
    return axe_faults(page, AXE_LOOKS_AT) + our_faults(page)


def axe_faults(page, context=None):
    """The serious and the critical findings of axe-core.

    JupyterLab's <body> and shell hide what overflows, so axe would take for invisible what is not on the screen now.
    """
    page.evaluate(SHOW_ALL)
    found = Axe().run(page, context, OPTIONS).response["violations"]
    return [f"{rule['help']}: {node['html'][:120]}" for rule in found
            if rule["impact"] in SERIOUS and rule["id"] not in EXCEPTIONS for node in rule["nodes"]]


def our_faults(page):
    """The findings of OUR_RULES."""
    return [f"{html} {fault}" for fault, nodes in page.evaluate(OUR_RULES).items() for html in nodes]
