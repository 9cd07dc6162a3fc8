#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tui/form.h"
#include "tui/frame.h"
#include "tui/keys.h"
#include "tui/rows.h"

namespace quantrail::tui {

// ---- what can happen ----

struct KeyPressed {
  KeyPress press{};
};
struct Clicked {
  int row = 0;
  int column = 0;
};
struct Scrolled {
  int rows = 0;  ///< down; negative: up
};
struct Resized {
  Size size{};
};
struct Ticked {
  std::string clock{};  ///< "14:03"
};
struct RunsLoaded {
  Query query{};
  std::vector<ColumnTitle> columns{};
  std::vector<RunRow> runs{};
  std::size_t total = 0;                        ///< without the filter
  std::map<std::string, std::size_t> states{};  ///< how many, without the filter
};
/// The runs that were shown stay.
struct QueryRefused {
  Query query{};
  std::string why{};
};
/// Large, and read each second while a run is at work: handed on, never copied.
struct RunLoaded {
  std::shared_ptr<const RunDetail> detail{};  ///< not null
};
/// It is not in the store, or not any more.
struct RunGone {
  std::int64_t id = 0;
};
struct ComparisonLoaded {
  Comparison comparison{};
  std::vector<std::int64_t> asked{};  ///< runs that were to be compared; those that cannot be read are left out
};
struct ViewsLoaded {
  std::vector<SavedView> views{};
  std::vector<std::string> fields{};  ///< that runs can be sorted by
};
struct HealthLoaded {
  std::vector<HealthSection> sections{};
};
struct FormLoaded {
  Form form{};
};
struct FormChecked {
  std::uint64_t revision = 0;
  std::map<std::string, std::string> errors{};
  std::vector<std::string> notes{};
};
struct Completed {
  std::string text{};
  std::vector<std::string> candidates{};
};
/// A configuration was written for the editor, or the editor was left.
struct DraftWritten {
  std::string path{};
};
enum class Editing {
  Failed,  ///< the editor did not end well
  Unchanged,
  Changed,
};
struct Edited {
  std::string path{};
  Editing how = Editing::Changed;
};
/// A command of the program ended.
struct CommandDone {
  std::vector<std::string> arguments{};
  int exit_code = 0;
  std::string output{};
  bool show = false;  ///< as a page of text, however short
};
struct Told {
  std::string text{};
  bool good = true;
  bool of_reading = false;  ///< the store could not be read: forgotten once it can
};
using Msg = std::variant<KeyPressed, Clicked, Scrolled, Resized, Ticked, RunsLoaded, QueryRefused, RunLoaded, RunGone,
                         ComparisonLoaded, ViewsLoaded, HealthLoaded, FormLoaded, FormChecked, Completed, DraftWritten,
                         Edited, CommandDone, Told>;

// ---- what the screens can ask for ----

// Reading. `fresh`: also when nothing was written since the same was asked last.
struct LoadRuns {
  Query query{};
  bool fresh = true;
  bool operator==(const LoadRuns&) const = default;
};
struct LoadRun {
  std::int64_t id = 0;
  bool fresh = true;
  bool quiet = false;    ///< once keys rest for a moment: not for every row that the cursor passes
  std::string metric{};  ///< of the run's, the one to show; empty: the optimised one
  bool operator==(const LoadRun&) const = default;
};
struct LoadComparison {
  std::vector<std::int64_t> runs{};
  bool fresh = true;
  std::string metric{};  ///< to show where a run has it; empty: each run's optimised one
  bool operator==(const LoadComparison&) const = default;
};
struct LoadViews {
  bool operator==(const LoadViews&) const = default;
};
struct LoadHealth {
  bool fresh = true;  ///< else only what changes by itself: workers and the disk
  bool operator==(const LoadHealth&) const = default;
};
struct LoadForm {
  FormSource source{};
  Changes changes{};  ///< made to the form that this one takes the place of
  bool operator==(const LoadForm&) const = default;
};
struct CheckForm {
  FormSource source{};
  std::uint64_t revision = 0;
  Changes values{};
  Changes changes{};
  bool operator==(const CheckForm&) const = default;
};
struct Complete {
  std::string text{};
  bool operator==(const Complete&) const = default;
};
/// A form's configuration as a file for the editor.
struct WriteDraft {
  FormSource source{};
  Changes changes{};
  bool operator==(const WriteDraft&) const = default;
};
/// Refused where the note is not `before` any more.
struct WriteNote {
  std::int64_t run = 0;
  std::string note{};
  std::string before{};
  bool operator==(const WriteNote&) const = default;
};
struct SaveView {
  SavedView view{};
  bool operator==(const SaveView&) const = default;
};

// Doing.
/// A command of the program, as it is typed in a shell, beside everything else.
struct RunCommand {
  std::vector<std::string> arguments{};
  bool show = false;
  bool operator==(const RunCommand&) const = default;
};
/// What a form says.
struct SubmitForm {
  FormSource source{};
  Changes values{};
  Changes changes{};
  bool check_only = false;  ///< open everything, forecast, and start nothing
  bool operator==(const SubmitForm&) const = default;
};

// To the terminal.
struct EditFile {
  std::string path{};
  bool operator==(const EditFile&) const = default;
};
struct CopyText {
  std::string text{};
  bool operator==(const CopyText&) const = default;
};
struct UseMouse {
  bool on = true;
  bool operator==(const UseMouse&) const = default;
};
struct Repaint {
  bool operator==(const Repaint&) const = default;
};
struct Suspend {
  bool operator==(const Suspend&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
using Cmd =
    std::variant<LoadRuns, LoadRun, LoadComparison, LoadViews, LoadHealth, LoadForm, CheckForm, Complete, WriteDraft,
                 WriteNote, SaveView, RunCommand, SubmitForm, EditFile, CopyText, UseMouse, Repaint, Suspend, Quit>;

}  // namespace quantrail::tui
