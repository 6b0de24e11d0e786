/** Lets people see the password that they type: on a keyboard of two languages nobody can be sure of it otherwise. */
export class Reveal {
  constructor(element) {
    const box = element.querySelector("input");
    const password = element.closest("form").querySelector('[type="password"]');
    element.hidden = false; // without this script it would do nothing
    box.checked = false;
    box.addEventListener("change", () => {
      password.type = box.checked ? "text" : "password";
    });
    element.closest("form").addEventListener("submit", () => {
      password.type = "password"; // what is sent as text, browsers keep and offer again
    });
  }
}

for (const element of document.querySelectorAll('[data-module="reveal"]')) new Reveal(element);
