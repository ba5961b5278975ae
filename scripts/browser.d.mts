import type { Browser, Page } from 'playwright-core';

export function openBrowser(): Promise<Browser>;
export function preparePage(page: Page, developmentOptions?: Readonly<Record<string, unknown>>): Promise<void>;
export function workspaceUrl(origin: string, folder: string): string;
export function pickFrom(page: Page, key: string, text: string, row: string): Promise<void>;
export function runCommand(page: Page, title: string): Promise<void>;
