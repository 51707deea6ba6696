// Keeps what is shown when people change the language: the links take the present address along.

export function keepViewAcrossLanguages(page = document) {
  for (const link of page.querySelectorAll('[data-language]')) {
    link.addEventListener('click', () => {
      const query = new URLSearchParams(window.location.search);
      query.set('lang', link.dataset.language);
      link.search = query.toString();
    });
  }
}
