import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../../chat/chat";
import type { Text } from "../../crypto/room";
import { announce } from "../kit/announce";
import { firstName } from "../words";
import { words } from "./words";

/** Milliseconds in which texts that come one after the other are said together. */
const TOGETHER = 400;

/**
 * Says what others write: all of it while the chat is open, else only that somebody wrote. Says too when the chat is
 * turned off and on.
 */
export function useNewsAloud(chat: Chat): void {
  const isOn = chat.isOn.value;
  const wasOn = useRef(isOn);
  useEffect(() => {
    if (wasOn.current !== isOn) announce(isOn ? words.turnedOn : words.turnedOff);
    wasOn.current = isOn;
  }, [isOn]);
  useEffect(() => {
    let waiting: Text[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = (): void => {
      announce(chat.isOpen.peek() ? waiting.map(aloud).join(". ") : inShort(waiting));
      waiting = [];
    };
    let known = chat.news.peek();
    const stop = effect(() => {
      const news = chat.news.value;
      if (news === known) return;
      known = news;
      clearTimeout(timer);
      waiting.push(...news);
      timer = setTimeout(say, TOGETHER);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [chat]);
}

function aloud({ name, text, isPrivate }: Text): string {
  const first = firstName(name);
  return isPrivate ? words.saidPrivately(first, text) : words.saidAloud(first, text);
}

function inShort(news: readonly Text[]): string {
  const [only] = news;
  return only && news.length === 1
    ? words.wrote(firstName(only.name))
    : words.severalCame(news.length);
}
