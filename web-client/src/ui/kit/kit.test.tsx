import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { hueOf, initials } from "./Avatar";
import { Button } from "./Button";
import { TextField } from "./Field";
import { discPath } from "./TimeDisc";

afterEach(() => render(null, document.body));

const show = (view: preact.ComponentChild) => act(() => render(view, document.body));
const button = () => document.querySelector("button") as HTMLButtonElement;

test("initials are the first and last word's, in any script", () => {
  expect(initials("Maya Okafor")).toBe("MO");
  expect(initials("Dr. Ana de la Cruz")).toBe("DC");
  expect(initials("ñandú")).toBe("Ñ");
  expect(initials("12")).toBe("12");
  expect(initials("")).toBe("");
});

test("a person keeps the same hue", () => {
  expect(hueOf("Jordan")).toBe(hueOf("Jordan"));
  for (const name of ["a", "b", "c", "Jordan"]) expect([1, 2, 3, 4, 5]).toContain(hueOf(name));
});

test("the time disc shrinks from 12 o'clock", () => {
  expect(discPath(0)).toBe("");
  expect(discPath(0.25)).toBe("M50 50V8A42 42 0 0 1 92.00 50.00Z");
  expect(discPath(0.75)).toBe("M50 50V8A42 42 0 1 1 8.00 50.00Z");
  expect(discPath(2)).toBe(discPath(1));
});

test("a busy button says so and cannot be pressed twice", async () => {
  const press = vi.fn();
  await show(
    <Button busy="Saving" onClick={press}>
      Save
    </Button>,
  );
  button().click();
  expect(press).not.toHaveBeenCalled();
  expect(button().textContent).toBe("Saving");
  expect(button().getAttribute("aria-busy")).toBe("true");
});

test("a button that cannot be pressed yet stays focusable and says why", async () => {
  const press = vi.fn();
  await show(
    <Button notYet="Choose a person first." onClick={press}>
      Create
    </Button>,
  );
  button().click();
  button().focus();
  expect(press).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(button());
  const why = document.getElementById(button().getAttribute("aria-describedby") ?? "");
  expect(why?.textContent).toBe("Choose a person first.");
});

test("a field ties its label, hint and error together", async () => {
  await show(
    <TextField label="Code" hint="6 digits" error="Type 6 digits." value="" onValue={() => {}} />,
  );
  const input = document.querySelector("input") as HTMLInputElement;
  expect(document.querySelector("label")?.htmlFor).toBe(input.id);
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ");
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([
    "6 digits",
    "Type 6 digits.",
  ]);
  expect(input.getAttribute("aria-invalid")).toBe("true");
});
