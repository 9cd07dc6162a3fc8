#include "tui/keys.h"

#include <array>

#include "tui/frame.h"

namespace quantrail::tui {
namespace {

constexpr KeyPress on(char32_t character) { return {Key::Character, character}; }
constexpr KeyPress on(Key key) { return {key, 0}; }
constexpr KeyPress nothing() { return {Key::Character, 0}; }

// No action that changes anything sits on a byte that ends an escape sequence (A B C D H M O P ~ ...): on a slow link
// the pieces of an arrow key arrive apart.
constexpr std::array kTable{
    Binding{Where::Runs, Action::Open, on(Key::Enter), on(U'l'), "Enter", "open the run", "Enter open"},
    Binding{Where::Runs, Action::New, on(U'n'), nothing(), "n", "start a run from a configuration file", "n new"},
    Binding{Where::Runs, Action::Stop, on(U'X'), nothing(), "X then y", "stop the run at the next safe point",
            "X stop"},
    Binding{Where::Runs, Action::Resume, on(U'r'), nothing(), "r", "resume an interrupted run", "r resume"},
    Binding{Where::Runs, Action::Export, on(U'e'), nothing(), "e", "export the run's best model", "e export"},
    Binding{Where::Runs, Action::Filter, on(U'/'), nothing(), "/", "show only runs whose name or state has a text",
            "/ filter"},
    Binding{Where::Runs, Action::Up, on(Key::Up), on(U'k'), "Up k", "row up", ""},
    Binding{Where::Runs, Action::Down, on(Key::Down), on(U'j'), "Down j", "row down", ""},
    Binding{Where::Runs, Action::PageUp, on(Key::PageUp), nothing(), "PgUp", "page up", ""},
    Binding{Where::Runs, Action::PageDown, on(Key::PageDown), nothing(), "PgDn", "page down", ""},
    Binding{Where::Runs, Action::First, on(Key::Home), on(U'g'), "Home g", "first row", ""},
    Binding{Where::Runs, Action::Last, on(Key::End), on(U'G'), "End G", "last row", ""},
    Binding{Where::Runs, Action::Reload, on(U'R'), nothing(), "R", "read the store again now", ""},
    Binding{Where::Runs, Action::Redraw, on(Key::CtrlL), nothing(), "Ctrl-L", "paint the screen again", ""},
    Binding{Where::Runs, Action::Help, on(U'?'), on(Key::F1), "? F1", "this help", "? help"},
    Binding{Where::Runs, Action::Quit, on(U'q'), on(Key::CtrlC), "q", "leave; runs go on", "q leave"},

    Binding{Where::Run, Action::Export, on(U'e'), nothing(), "e", "export the selected iteration as ONNX", "e export"},
    Binding{Where::Run, Action::Stop, on(U'X'), nothing(), "X then y", "stop the run at the next safe point", "X stop"},
    Binding{Where::Run, Action::Resume, on(U'r'), nothing(), "r", "resume the interrupted run", "r resume"},
    Binding{Where::Run, Action::NextPane, on(Key::Tab), nothing(), "Tab", "iterations, layer ranking, log", "Tab pane"},
    Binding{Where::Run, Action::Follow, on(U'f'), nothing(), "f", "keep the newest iteration selected", "f follow"},
    Binding{Where::Run, Action::Up, on(Key::Up), on(U'k'), "Up k", "row up", ""},
    Binding{Where::Run, Action::Down, on(Key::Down), on(U'j'), "Down j", "row down", ""},
    Binding{Where::Run, Action::PageUp, on(Key::PageUp), nothing(), "PgUp", "page up", ""},
    Binding{Where::Run, Action::PageDown, on(Key::PageDown), nothing(), "PgDn", "page down", ""},
    Binding{Where::Run, Action::First, on(Key::Home), on(U'g'), "Home g", "first row", ""},
    Binding{Where::Run, Action::Last, on(Key::End), on(U'G'), "End G", "last row", ""},
    Binding{Where::Run, Action::Redraw, on(Key::CtrlL), nothing(), "Ctrl-L", "paint the screen again", ""},
    Binding{Where::Run, Action::Help, on(U'?'), on(Key::F1), "? F1", "this help", "? help"},
    Binding{Where::Run, Action::Back, on(Key::Escape), on(U'q'), "Esc q", "back to the runs; the run goes on",
            "q back"},
    Binding{Where::Run, Action::Back, on(U'h'), on(Key::Backspace), "h Bksp", "back to the runs", ""},
    Binding{Where::Run, Action::Quit, on(Key::CtrlC), nothing(), "Ctrl-C", "leave; runs go on", ""},

    Binding{Where::Help, Action::Up, on(Key::Up), on(U'k'), "Up k", "scroll up", ""},
    Binding{Where::Help, Action::Down, on(Key::Down), on(U'j'), "Down j", "scroll down", ""},
    Binding{Where::Help, Action::Back, on(Key::Escape), on(U'q'), "Esc q", "close the help", "q close"},
    Binding{Where::Help, Action::Back, on(U'?'), on(Key::F1), "? F1", "close the help", ""},
    Binding{Where::Help, Action::Quit, on(Key::CtrlC), nothing(), "Ctrl-C", "leave; runs go on", ""},
};

bool same(const KeyPress& bound, const KeyPress& press) { return bound == press && bound != nothing(); }

}  // namespace

std::span<const Binding> key_table() { return kTable; }

Action action_for(Where where, const KeyPress& press) {
  for (const auto& binding : kTable) {
    if (binding.where == where && (same(binding.key, press) || same(binding.other, press))) return binding.action;
  }
  return Action::None;
}

std::string hints(Where where, int columns) {
  std::string line;
  for (const auto& binding : kTable) {
    if (binding.where != where || binding.hint.empty()) continue;
    const std::string more = (line.empty() ? "" : "  ") + std::string(binding.hint);
    if (width_of(line) + width_of(more) > columns) break;
    line += more;
  }
  return line;
}

}  // namespace quantrail::tui
