// A button that is an icon alone.

interface Props {
  /** Name of a codicon. */
  readonly icon: string;
  /** What it does, for those who do not see the icon. */
  readonly label: string;
  /** The same for a pointer, with the key that does it; without one the label. */
  readonly title?: string;
  /** Its place among those that arrows go through (`useRoving`). */
  readonly rove?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly class?: string;
  readonly onClick: () => void;
}

export function Tool({ icon, label, title = label, rove, pressed, disabled, class: more, onClick }: Props) {
  return (
    <button
      class={more === undefined ? 'tool' : `tool ${more}`}
      data-rove={rove}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={disabled}
      title={title}
      onClick={onClick}
    >
      <span class={`codicon codicon-${icon}`} aria-hidden="true" />
    </button>
  );
}
