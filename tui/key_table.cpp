#include "tui/key_table.h"

#include <array>

#include "base/cell_text.h"

namespace quantrail::tui {
namespace {

constexpr KeyPress nothing() { return {Key::Character, 0}; }

// No action that changes anything sits on a byte that ends an escape sequence (A B C D H M O P ~ ...): on a slow link
// the pieces of an arrow key arrive apart. Each context's bindings in the order of its hint line.
using C = Context;
using A = Action;
constexpr std::array kTable{
    Binding{C::Runs, A::Open, on(Key::Enter), on(U'l'), "Enter l", "open the run", "Enter open"},
    Binding{C::Runs, A::Mark, on(U' '), nothing(), "Space", "mark the run, or take the mark off", "Space mark"},
    Binding{C::Runs, A::New, on(U'n'), nothing(), "n", "new run, with the settings of this one", "n new"},
    Binding{C::Runs, A::Compare, on(U'c'), nothing(), "c", "compare the marked runs (2 to 6)", "c compare"},
    Binding{C::Runs, A::Filter, on(U'/'), nothing(), "/", "show only runs that a filter lets through", "/ filter"},
    Binding{C::Runs, A::Resume, on(U'r'), nothing(), "r", "resume an interrupted or paused run", "r resume"},
    Binding{C::Runs, A::Pause, on(U'p'), nothing(), "p", "pause a run at work, or let it go on", "p pause"},
    Binding{C::Runs, A::Stop, on(U'X'), nothing(), "X then y", "stop the run at the next safe point", "X stop"},
    Binding{C::Runs, A::Export, on(U'e'), nothing(), "e", "export the run's best model", "e export"},
    Binding{C::Runs, A::Branch, on(U'b'), nothing(), "b", "new run that begins at this one's best iteration", ""},
    Binding{C::Runs, A::MarkShown, control(U'A'), nothing(), "Ctrl-A", "mark all that are shown, or none", ""},
    Binding{C::Runs, A::ClearFilter, on(U'\\'), on(Key::Escape), "\\ Esc",
            "show all runs again, and take all marks off", "\\ all"},
    Binding{C::Runs, A::Sort, on(U'o'), nothing(), "o", "sort by a field; the same again: the other way", "o sort"},
    Binding{C::Runs, A::Views, on(U'v'), nothing(), "v", "saved views of filter, order and columns", ""},
    Binding{C::Runs, A::Tag, on(U't'), nothing(), "t", "tag the marked runs, or this one; -tag takes it off", ""},
    Binding{C::Runs, A::Note, on(U'm'), nothing(), "m", "write a note on the run", ""},
    Binding{C::Runs, A::Star, on(U'*'), nothing(), "*", "star the run, or take the star off", ""},
    Binding{C::Runs, A::Rename, on(U'w'), nothing(), "w", "give the run another name", ""},
    Binding{C::Runs, A::Trash, on(U'd'), nothing(), "d then y", "put the marked runs, or this one, into the trash", ""},
    Binding{C::Runs, A::Undo, on(U'u'), nothing(), "u", "take the latest removal out of the trash", "u take out"},
    Binding{C::Runs, A::ShowTrash, on(U'T'), nothing(), "T", "show the trash, or the runs again", "T runs"},
    Binding{C::Runs, A::Copy, on(U'y'), nothing(), "y", "copy the run's number to the clipboard", ""},
    Binding{C::Runs, A::Left, on(Key::Left), on(U'h'), "Left h", "show columns further left", ""},
    Binding{C::Runs, A::Right, on(Key::Right), nothing(), "Right", "show columns further right", ""},
    Binding{C::Runs, A::Quit, on(U'q'), nothing(), "q", "leave; runs go on", "q leave"},

    Binding{C::Live, A::Export, on(Key::Enter), nothing(), "Enter", "export the selected iteration", ""},
    Binding{C::Live, A::Follow, on(U'f'), nothing(), "f", "keep the newest iteration selected", "f follow"},
    Binding{C::Live, A::Zoom, on(U'z'), nothing(), "z", "chart only, iterations only, both", "z zoom"},
    Binding{C::Live, A::Axis, on(U'a'), nothing(), "a", "chart: metric, drop, int8 share, size", "a chart"},

    Binding{C::Layers, A::Ignore, on(U'i'), nothing(), "i", "keep the layer in float in the next new run", "i ignore"},
    Binding{C::Layers, A::Order, on(U'o'), nothing(), "o", "order: rank, multiply-adds, when reverted, name",
            "o order"},
    Binding{C::Layers, A::Search, on(U'/'), nothing(), "/", "search", "/ search"},
    Binding{C::Layers, A::NextMatch, on(U'>'), nothing(), ">", "next match", ""},
    Binding{C::Layers, A::PreviousMatch, on(U'<'), nothing(), "<", "match before", ""},
    Binding{C::Layers, A::Previous, on(U'['), nothing(), "[", "earlier ranking", ""},
    Binding{C::Layers, A::Next, on(U']'), nothing(), "]", "later ranking", "[ ] rankings"},

    Binding{C::Log, A::Search, on(U'/'), nothing(), "/", "search", "/ search"},
    Binding{C::Log, A::NextMatch, on(U'n'), nothing(), "n", "next match", "n N next"},
    Binding{C::Log, A::PreviousMatch, on(U'N'), nothing(), "N", "match before", ""},
    Binding{C::Log, A::Level, on(U'L'), nothing(), "L", "everything, warnings and errors, errors", "L level"},
    Binding{C::Log, A::Output, on(U'w'), nothing(), "w", "what was recorded, or what the worker printed", "w output"},
    Binding{C::Log, A::Follow, on(U'f'), nothing(), "f", "keep the newest line in sight", "f follow"},

    Binding{C::Config, A::Search, on(U'/'), nothing(), "/", "search", "/ search"},
    Binding{C::Config, A::NextMatch, on(U'>'), nothing(), ">", "next match", ""},
    Binding{C::Config, A::PreviousMatch, on(U'<'), nothing(), "<", "match before", ""},
    Binding{C::Config, A::OnlySet, on(U'u'), nothing(), "u", "only what is not a default, or all", "u only set"},

    Binding{C::Snapshots, A::Export, on(Key::Enter), nothing(), "Enter", "export this iteration's model", ""},
    Binding{C::Snapshots, A::Search, on(U'/'), nothing(), "/", "search for a layer", "/ search"},
    Binding{C::Snapshots, A::NextMatch, on(U'>'), nothing(), ">", "next match", ""},
    Binding{C::Snapshots, A::PreviousMatch, on(U'<'), nothing(), "<", "match before", ""},
    Binding{C::Snapshots, A::Pick, on(U'@'), nothing(), "@", "select by a rule: best, smallest, fastest, max-drop",
            "@ pick by rule"},

    Binding{C::Run, A::Export, on(U'e'), nothing(), "e", "export the selected iteration as ONNX", "e export"},
    Binding{C::Run, A::Branch, on(U'b'), nothing(), "b", "new run that begins at the selected iteration", "b branch"},
    Binding{C::Run, A::New, on(U'n'), nothing(), "n", "new run, with the settings of this one", "n new"},
    Binding{C::Run, A::Resume, on(U'r'), nothing(), "r", "resume the interrupted or paused run", "r resume"},
    Binding{C::Run, A::Pause, on(U'p'), nothing(), "p", "pause the run, or let it go on", "p pause"},
    Binding{C::Run, A::Stop, on(U'X'), nothing(), "X then y", "stop the run at the next safe point", "X stop"},
    Binding{C::Run, A::NextTab, on(Key::Tab), on(Key::Right), "Tab Right", "next page", "Tab page"},
    Binding{C::Run, A::PreviousTab, on(Key::BackTab), on(Key::Left), "S-Tab Left", "page before", ""},
    Binding{C::Run, A::Tab1, on(U'1'), nothing(), "1", "iterations as they come, with charts", ""},
    Binding{C::Run, A::Tab2, on(U'2'), nothing(), "2", "layers: what each costs in accuracy", ""},
    Binding{C::Run, A::Tab3, on(U'3'), nothing(), "3", "log", ""},
    Binding{C::Run, A::Tab4, on(U'4'), nothing(), "4", "configuration, and where each setting comes from", ""},
    Binding{C::Run, A::Tab5, on(U'5'), nothing(), "5", "models: every iteration as a file to export", ""},
    Binding{C::Run, A::Metric, on(U's'), nothing(), "s", "show another of the run's metrics", ""},
    Binding{C::Run, A::Note, on(U'm'), nothing(), "m", "write a note on the run", ""},
    Binding{C::Run, A::Tag, on(U't'), nothing(), "t", "tag the run; -tag takes it off", ""},
    Binding{C::Run, A::Star, on(U'*'), nothing(), "*", "star the run, or take the star off", ""},
    Binding{C::Run, A::Copy, on(U'y'), nothing(), "y", "copy RUN@IT to the clipboard", ""},
    Binding{C::Run, A::Back, on(Key::Escape), on(U'q'), "Esc q", "back; the run goes on", "q back"},
    Binding{C::Run, A::Back, on(Key::Backspace), nothing(), "Bksp", "back", ""},

    Binding{C::Settings, A::OnlyDifferences, on(U'u'), nothing(), "u", "only what differs, or everything",
            "u differences"},
    Binding{C::FloatLayers, A::OnlyDifferences, on(U'u'), nothing(), "u", "only what differs, or everything",
            "u differences"},
    Binding{C::Curves, A::Axis, on(U'a'), nothing(), "a", "chart: metric, drop, int8 share, size", "a chart"},
    Binding{C::Pareto, A::Axis, on(U'a'), nothing(), "a", "against file size, int8 share, or layers in float",
            "a axis"},
    Binding{C::Pareto, A::FrontOnly, on(U't'), nothing(), "t", "only the front, or all models", "t front"},
    Binding{C::Pareto, A::Left, on(Key::Left), on(U'h'), "Left h", "point before", ""},
    Binding{C::Pareto, A::Right, on(Key::Right), on(U'l'), "Right l", "next point", "Left Right point"},
    Binding{C::Compare, A::Export, on(U'e'), nothing(), "e", "export the selected model", "e export"},
    Binding{C::Compare, A::Open, on(Key::Enter), nothing(), "Enter", "open the run, at that iteration", "Enter open"},
    Binding{C::Compare, A::Metric, on(U's'), nothing(), "s", "show another of the runs' metrics", ""},
    Binding{C::Compare, A::AddRun, on(U'+'), nothing(), "+", "compare one more run", "+ - runs"},
    Binding{C::Compare, A::DropRun, on(U'-'), nothing(), "-", "leave a run out", ""},
    Binding{C::Compare, A::NextTab, on(Key::Tab), nothing(), "Tab", "next page", "Tab page"},
    Binding{C::Compare, A::PreviousTab, on(Key::BackTab), nothing(), "S-Tab", "page before", ""},
    Binding{C::Compare, A::Tab1, on(U'1'), nothing(), "1", "settings and results", ""},
    Binding{C::Compare, A::Tab2, on(U'2'), nothing(), "2", "curves, one over the other", ""},
    Binding{C::Compare, A::Tab3, on(U'3'), nothing(), "3", "models worth choosing between (Pareto front)", ""},
    Binding{C::Compare, A::Tab4, on(U'4'), nothing(), "4", "layers in float, side by side", ""},
    Binding{C::Compare, A::Copy, on(U'y'), nothing(), "y", "copy RUN@IT to the clipboard", ""},
    Binding{C::Compare, A::Back, on(Key::Escape), on(U'q'), "Esc q", "back", "q back"},
    Binding{C::Compare, A::Back, on(Key::Backspace), nothing(), "Bksp", "back", ""},

    Binding{C::Form, A::Start, on(Key::F10), control(U'S'), "F10 Ctrl-S", "do it", "F10 go"},
    Binding{C::Form, A::NextField, on(Key::Tab), on(Key::Down), "Tab Down", "next field; Tab completes a path first",
            "Tab next"},
    Binding{C::Form, A::PreviousField, on(Key::BackTab), on(Key::Up), "S-Tab Up", "field before", ""},
    Binding{C::Form, A::FurtherFields, on(Key::PageDown), nothing(), "PgDn", "some fields further", ""},
    Binding{C::Form, A::FormerFields, on(Key::PageUp), nothing(), "PgUp", "some fields back", ""},
    Binding{C::Form, A::NextError, control(U'N'), nothing(), "Ctrl-N", "next field with an error", "^N error"},
    Binding{C::NewRunForm, A::Edit, control(U'E'), nothing(), "Ctrl-E", "edit the whole configuration in $EDITOR",
            "^E editor"},
    Binding{C::NewRunForm, A::Forecast, on(Key::F5), control(U'F'), "F5 Ctrl-F",
            "open model and data, and forecast evaluations and time", "F5 forecast"},
    Binding{C::Form, A::Help, on(Key::F1), nothing(), "F1", "help", "F1 help"},
    Binding{C::Form, A::Back, on(Key::Escape), control(U'C'), "Esc", "leave it", "Esc cancel"},
    Binding{C::Form, A::Redraw, control(U'L'), nothing(), "Ctrl-L", "paint the screen again", ""},
    Binding{C::Form, A::Suspend, control(U'Z'), nothing(), "Ctrl-Z", "back to the shell; fg returns", ""},

    Binding{C::Health, A::CheckStore, on(U'i'), nothing(), "i", "read the whole store and check it", "i check"},
    Binding{C::Health, A::Backup, on(U'b'), nothing(), "b", "copy the store to a folder", "b backup"},
    Binding{C::Health, A::Collect, on(U'g'), nothing(), "g", "delete what is named and typed: trash, orphans, ...",
            "g delete garbage"},
    Binding{C::Health, A::Undo, on(U'u'), nothing(), "u", "take the latest removal out of the trash", "u undo"},
    Binding{C::Health, A::Back, on(Key::Escape), on(U'q'), "Esc q", "back", "q back"},
    Binding{C::Health, A::Back, on(Key::Backspace), nothing(), "Bksp", "back", ""},

    Binding{C::Text, A::Search, on(U'/'), nothing(), "/", "search", "/ search"},
    Binding{C::Text, A::NextMatch, on(U'n'), nothing(), "n", "next match", "n N next"},
    Binding{C::Text, A::PreviousMatch, on(U'N'), nothing(), "N", "match before", ""},
    Binding{C::Text, A::Left, on(Key::Left), nothing(), "Left", "what lies further left", ""},
    Binding{C::Text, A::Right, on(Key::Right), nothing(), "Right", "what lies further right", "Left Right sideways"},
    Binding{C::Text, A::Back, on(Key::Escape), on(U'q'), "Esc q", "close", "q close"},
    Binding{C::Text, A::Back, on(Key::Backspace), on(U'?'), "Bksp ?", "close", ""},

    Binding{C::Lists, A::Up, on(Key::Up), on(U'k'), "Up k", "row up", ""},
    Binding{C::Lists, A::Down, on(Key::Down), on(U'j'), "Down j", "row down", ""},
    Binding{C::Lists, A::PageUp, on(Key::PageUp), control(U'B'), "PgUp Ctrl-B", "page up", ""},
    Binding{C::Lists, A::PageDown, on(Key::PageDown), control(U'F'), "PgDn Ctrl-F", "page down", ""},
    Binding{C::Lists, A::First, on(Key::Home), on(U'g'), "Home g", "first row", ""},
    Binding{C::Lists, A::Last, on(Key::End), on(U'G'), "End G", "last row", ""},

    Binding{C::Everywhere, A::Help, on(U'?'), on(Key::F1), "? F1", "this help", "? help"},
    Binding{C::Everywhere, A::Palette, on(U':'), nothing(), ":", "any command by its name", ": command"},
    Binding{C::Everywhere, A::Health, on(U'!'), nothing(), "!", "store, disk, workers, machine", ""},
    Binding{C::Everywhere, A::Reload, control(U'R'), nothing(), "Ctrl-R", "read the store again now", ""},
    Binding{C::Everywhere, A::LastOutput, control(U'O'), nothing(), "Ctrl-O", "what a command printed meanwhile", ""},
    Binding{C::Everywhere, A::Redraw, control(U'L'), nothing(), "Ctrl-L", "paint the screen again", ""},
    Binding{C::Everywhere, A::Charts, on(U'#'), nothing(), "#", "charts of Braille, of blocks, of ASCII", ""},
    Binding{C::Everywhere, A::Theme, control(U'T'), nothing(), "Ctrl-T", "colours, strong colours, none", ""},
    Binding{C::Everywhere, A::Suspend, control(U'Z'), nothing(), "Ctrl-Z", "back to the shell; fg returns", ""},
    Binding{C::Everywhere, A::Quit, control(U'C'), nothing(), "Ctrl-C", "leave; runs go on", ""},
};

bool same(const KeyPress& bound, const KeyPress& press) { return bound == press && bound != nothing(); }

}  // namespace

std::string_view title_of(Context context) {
  switch (context) {
    case C::Everywhere: return "Everywhere";
    case C::Lists: return "Moving";
    case C::Runs: return "Runs";
    case C::Run: return "One run";
    case C::Live: return "Iterations";
    case C::Layers: return "Layers";
    case C::Log: return "Log";
    case C::Config: return "Configuration";
    case C::Snapshots: return "Models";
    case C::Compare: return "Comparing";
    case C::Settings: return "Settings and results";
    case C::Curves: return "Curves";
    case C::Pareto: return "Pareto front";
    case C::FloatLayers: return "Layers in float";
    case C::Form: return "Forms";
    case C::NewRunForm: return "A new run";
    case C::Health: return "Store and health";
    case C::Text: return "Text";
  }
  return {};
}

std::span<const Binding> key_table() { return kTable; }

Action action_for(std::span<const Context> contexts, const KeyPress& press) {
  for (const auto context : contexts) {
    for (const auto& binding : kTable) {
      if (binding.context == context && (same(binding.key, press) || same(binding.other, press))) return binding.action;
    }
  }
  return Action::None;
}

std::string hints(std::span<const Context> contexts, int columns, const std::function<bool(Action)>& makes_sense) {
  // The way out and the help are worth more than the last of the others.
  std::string end;
  for (const auto context : contexts) {
    for (const auto& binding : kTable) {
      const bool wanted = binding.action == A::Help || binding.action == A::Back || binding.action == A::Quit;
      if (binding.context == context && wanted && !binding.hint.empty() && makes_sense(binding.action))
        end += "  " + std::string(binding.hint);
    }
  }
  std::string line;
  for (const auto context : contexts) {
    for (const auto& binding : kTable) {
      if (binding.context != context || binding.hint.empty() || binding.action == A::Help ||
          binding.action == A::Back || binding.action == A::Quit || !makes_sense(binding.action))
        continue;
      const std::string more = (line.empty() ? "" : "  ") + std::string(binding.hint);
      if (width_of(line) + width_of(more) + width_of(end) > columns) return fitted(line + end, columns);
      line += more;
    }
  }
  return fitted(line + end, columns);
}

}  // namespace quantrail::tui
