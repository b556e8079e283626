
(() => {
  const bar = document.querySelector('.filters');
  if (!bar) return;
  bar.hidden = false;
  const scenarios = [...document.querySelectorAll('.scenario')];
  const features = [...document.querySelectorAll('.feature')];
  const buttons = [...bar.querySelectorAll('[data-show]')];
  const search = bar.querySelector('input');
  const unfold = bar.querySelector('.unfold');
  const nothing = document.querySelector('.nothing');
  let show = 'all';
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const s of scenarios) {
      const heading = s.parentNode.querySelector('h2').textContent;
      const text = (heading + ' ' + s.textContent).toLowerCase();
      s.hidden = !((show === 'all' || s.dataset.outcome === show) && words.every(w => text.includes(w)));
    }
    for (const f of features) f.hidden = !f.querySelector('.scenario:not([hidden])');
    nothing.hidden = features.some(f => !f.hidden);
  };
  for (const b of buttons) b.addEventListener('click', () => {
    show = b.dataset.show;
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === b));
    apply();
  });
  search.addEventListener('input', apply);
  const open = (selector, value) => document.querySelectorAll(selector).forEach(d => { d.open = value; });
  unfold.addEventListener('click', () => {
    const value = unfold.getAttribute('aria-pressed') !== 'true';
    unfold.setAttribute('aria-pressed', String(value));
    unfold.textContent = value ? 'Hide all steps' : 'Show all steps';
    open('.steps', value);
  });
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.hidden) { search.value = ''; buttons[0].click(); target.scrollIntoView(); }
    const steps = target && target.querySelector('.steps');
    if (steps) steps.open = true;
  };
  addEventListener('hashchange', reveal);
  addEventListener('beforeprint', () => open('.steps', true));
  reveal();
})();
