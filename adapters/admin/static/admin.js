// What the list of persons is smoother with: it works without.
(() => {
  const update = (form) => {
    const boxes = [...form.querySelectorAll('input[name="id"]')];
    const all = form.querySelector('[data-pick-all]');
    const everybody = form.querySelector('[data-pick-everybody]');
    const told = form.querySelector('[data-picked]');
    const picked = boxes.filter((box) => box.checked).length;
    if (all) {
      all.hidden = false;
      all.checked = picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
    for (const box of boxes) {
      box.closest('tr').classList.toggle('on', box.checked || !!(everybody && everybody.checked));
    }
    if (told) {
      told.hidden = picked === 0 || !!(everybody && everybody.checked);
      told.textContent = picked + ' picked';
    }
  };

  const prepare = () => document.querySelectorAll('form.list').forEach(update);

  document.addEventListener('change', (event) => {
    const form = event.target.closest('form.list');
    if (!form) return;
    if (event.target.matches('[data-pick-all]')) {
      form.querySelectorAll('input[name="id"]').forEach((box) => { box.checked = event.target.checked; });
    }
    update(form);
  });
  document.addEventListener('htmx:after:swap', prepare);
  window.addEventListener('pageshow', prepare);
  prepare();
})();

// Who runs an experiment is told that it goes on, and cannot ask for it twice.
(() => {
  const tell = (goesOn) => {
    document.querySelectorAll('[data-running]').forEach((told) => { told.hidden = !goesOn; });
    document.querySelectorAll('form[data-runs] button').forEach((button) => { button.disabled = goesOn; });
  };
  document.addEventListener('submit', (event) => {
    if (event.target.matches('form[data-runs]')) setTimeout(() => tell(true));
  });
  window.addEventListener('pageshow', () => tell(false));
})();
