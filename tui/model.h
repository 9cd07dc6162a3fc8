#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tui/frame.h"
#include "tui/keys.h"

namespace quantrail::tui {

/// A run as a row of the list. Texts are shown, never interpreted.
struct RunRow {
  std::int64_t id = 0;
  std::string name{};
  std::string state{};    ///< "running", "interrupted", "done", ...
  std::string outcome{};  ///< "met", "not_met", "nothing_to_do"; empty while not done
  std::string reason{};
  std::string model{};
  std::string metric{};
  std::optional<double> float_value{};
  std::optional<double> quantized{};
  std::optional<double> best{};
  std::optional<double> drop{};  ///< of the best
  std::int64_t reverted = 0;     ///< layers, in the best
  std::int64_t iterations = 0;
  std::string created{};
  std::string step{};  ///< what the worker does now
  std::int64_t done = 0;
  std::int64_t total = 0;
  bool operator==(const RunRow&) const = default;
};

struct IterationRow {
  std::int64_t index = 0;
  std::string kind{};
  std::vector<std::string> changed_layers{};
  std::vector<std::string> reverted_layers{};
  double metric = 0.0;
  double drop = 0.0;
  bool accepted = false;
  double int8_share = 0.0;
  std::int64_t bytes = 0;
  bool operator==(const IterationRow&) const = default;
};

struct ScoreRow {
  std::string layer{};
  double score = 0.0;
  double distance = 0.0;
  bool operator==(const ScoreRow&) const = default;
};

struct RunDetail {
  RunRow run{};
  std::optional<double> limit{};  ///< largest drop allowed
  std::vector<IterationRow> iterations{};
  std::vector<ScoreRow> ranking{};  ///< the latest, best first
  std::vector<std::string> log{};
  bool operator==(const RunDetail&) const = default;
};

// ---- what can happen ----
struct KeyPressed {
  KeyPress press{};
};
struct Resized {
  Size size{};
};
struct RunsLoaded {
  std::vector<RunRow> runs{};
};
struct RunLoaded {
  RunDetail detail{};
};
struct Told {
  std::string text{};
  bool good = true;
};  ///< an asked-for thing was done, or failed
struct Ticked {
  std::string clock{};
};  ///< "14:03:27"
using Msg = std::variant<KeyPressed, Resized, RunsLoaded, RunLoaded, Told, Ticked>;

// ---- what the screen can ask for ----
struct LoadRuns {
  bool operator==(const LoadRuns&) const = default;
};
struct LoadRun {
  std::int64_t id = 0;
  bool operator==(const LoadRun&) const = default;
};
struct StartRun {
  std::string config{};
  bool operator==(const StartRun&) const = default;
};
struct StopRun {
  std::int64_t id = 0;
  bool operator==(const StopRun&) const = default;
};
struct ResumeRun {
  std::int64_t id = 0;
  bool operator==(const ResumeRun&) const = default;
};
struct ExportRun {
  std::int64_t id = 0;
  std::optional<std::int64_t> iteration{};  ///< nothing: the best
  std::string path{};
  bool operator==(const ExportRun&) const = default;
};
struct Repaint {
  bool operator==(const Repaint&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
using Cmd = std::variant<LoadRuns, LoadRun, StartRun, StopRun, ResumeRun, ExportRun, Repaint, Quit>;

enum class Pane { Iterations, Ranking, Log };
enum class Charset { Ascii, Utf8 };

/// A line being typed at the bottom of the screen, and what it is for.
struct Prompt {
  enum class For { Config, ExportPath, Filter };
  For purpose = For::Config;
  std::string label{};
  std::u32string text{};
  std::int64_t run = 0;
  std::optional<std::int64_t> iteration{};
  bool operator==(const Prompt&) const = default;
};

struct Model {
  Size size{};
  Charset charset = Charset::Utf8;
  Where where = Where::Runs;
  Where before_help = Where::Runs;
  std::vector<RunRow> runs{};
  bool runs_known = false;  ///< false until the store was read once
  std::string filter{};
  std::size_t row = 0;  ///< selected, among the runs that pass the filter
  std::optional<RunDetail> open{};
  std::int64_t open_id = 0;
  Pane pane = Pane::Iterations;
  std::size_t iteration = 0;  ///< selected, position in open->iterations
  std::size_t scroll = 0;     ///< of ranking, log and help
  bool follow = true;
  std::optional<std::int64_t> asking_to_stop{};  ///< run whose stop waits for "y"
  std::optional<Prompt> prompt{};
  std::optional<Told> told{};
  std::string clock{};
};

struct Next {
  Model model{};
  std::vector<Cmd> commands{};
};

/// Pure: no clock, no file, no terminal. Same (model, msg), same answer.
[[nodiscard]] Next update(Model model, const Msg& msg);
/// Pure: the picture of `model` at `model.size`.
[[nodiscard]] Frame view(const Model& model);

/// Positions in model.runs that pass the filter, in order.
[[nodiscard]] std::vector<std::size_t> shown_runs(const Model& model);
/// The run that keys act on: the open one, or the selected row; nothing when there is none.
[[nodiscard]] const RunRow* current_run(const Model& model);

}  // namespace quantrail::tui
