#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tui/keys.h"

namespace quantrail::tui {

/// Where keys mean something. A screen listens in several, the most special one first.
enum class Context {
  Everywhere,
  Lists,
  Runs,
  Run,
  Live,
  Layers,
  Log,
  Config,
  Snapshots,
  Compare,
  Settings,
  Curves,
  Pareto,
  FloatLayers,
  Form,
  NewRunForm,
  Health,
  Text,
};
[[nodiscard]] std::string_view title_of(Context context);  // "Runs", "One run", ...

/// What a key means there.
enum class Action {
  None,
  // moving
  Up,
  Down,
  PageUp,
  PageDown,
  First,
  Last,
  Left,
  Right,
  // going
  Open,
  Back,
  Quit,
  Help,
  Palette,
  Health,
  NextTab,
  PreviousTab,
  Tab1,
  Tab2,
  Tab3,
  Tab4,
  Tab5,
  // the screen itself
  Reload,
  Redraw,
  Suspend,
  Theme,
  Charts,
  Copy,
  // runs
  New,
  Branch,
  Stop,
  Pause,
  Resume,
  Export,
  Compare,
  Mark,
  MarkShown,
  Trash,
  Undo,
  ShowTrash,
  Tag,
  Note,
  Star,
  Rename,
  Filter,
  ClearFilter,
  Sort,
  Views,
  // one run
  Follow,
  Zoom,
  Axis,
  Metric,
  LastOutput,
  Order,
  Ignore,
  Previous,
  Next,
  Level,
  Output,
  Search,
  NextMatch,
  PreviousMatch,
  OnlySet,
  Pick,
  // comparing
  OnlyDifferences,
  FrontOnly,
  AddRun,
  DropRun,
  // form
  NextField,
  PreviousField,
  NextError,
  FurtherFields,
  FormerFields,
  Edit,
  Forecast,
  Start,
  // store
  Backup,
  CheckStore,
  Collect,
};

/// One row of the key table, which feeds the bindings, the help screen and the hint line.
struct Binding {
  Context context = Context::Everywhere;
  Action action = Action::None;
  KeyPress key{};
  KeyPress other{};          ///< a second key for the same; Character 0: none
  std::string_view shown{};  ///< how the keys are written: "Enter", "Down j", "X then y"
  std::string_view help{};   ///< what it does, for the help screen
  std::string_view hint{};   ///< short form for the hint line; empty: not shown there
};

[[nodiscard]] std::span<const Binding> key_table();
/// What `press` means to a screen that listens in `contexts`.
[[nodiscard]] Action action_for(std::span<const Context> contexts, const KeyPress& press);
/// "Enter open  n new  ..." as far as it fits.
[[nodiscard]] std::string hints(std::span<const Context> contexts, int columns,
                                const std::function<bool(Action)>& makes_sense);

}  // namespace quantrail::tui
