#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quantrail::tui {

// What screens show, read from the store by somebody else. Texts are shown, never interpreted.

/// Which runs, in which order, with which columns. See `quantrail list --help` for the language of filters.
struct Query {
  std::string filter{};
  std::string sort{};  ///< a field, "-field" for the other direction; empty: newest first
  std::vector<std::string> columns{};
  bool trash = false;
  bool operator==(const Query&) const = default;
};

struct SavedView {
  std::string name{};
  Query query{};
  bool operator==(const SavedView&) const = default;
};

struct ColumnTitle {
  std::string name{};
  bool right = false;
  bool operator==(const ColumnTitle&) const = default;
};

/// What a worker does now.
struct Step {
  std::string text{};
  std::string unit{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  double rate = 0.0;      ///< units per second; 0: not known yet
  std::string trouble{};  ///< why it may not go on: no sign of life, no room on the disk; empty: all is well
  bool operator==(const Step&) const = default;
};

/// A run as a row of the list.
struct RunRow {
  std::int64_t id = 0;
  std::string name{};
  std::string state{};    ///< "running", "interrupted", "done", ...
  std::string outcome{};  ///< "met", "not_met", "nothing_to_do"; empty while not done, and without a target
  std::string reason{};
  std::string model{};
  std::string metric{};
  std::optional<double> float_value{};
  std::optional<double> quantized{};
  std::optional<double> best{};
  std::optional<double> drop{};  ///< of the best
  std::optional<std::int64_t> best_iteration{};
  std::int64_t reverted = 0;  ///< layers, in the best
  std::int64_t iterations = 0;
  std::string created{};
  std::string note{};
  std::vector<std::string> tags{};
  bool starred = false;
  bool trashed = false;
  std::optional<double> speed_up{};  ///< over float, measured at the end
  std::optional<std::int64_t> parent{};
  std::optional<Step> step{};
  bool pausing = false;              ///< asked to pause, which has not taken effect yet
  std::vector<std::string> cells{};  ///< for the columns of the query
  bool operator==(const RunRow&) const = default;
};

/// The state as words: "running", "done, met", ...
[[nodiscard]] std::string state_text(const RunRow& run);

struct IterationRow {
  std::int64_t index = 0;
  std::string kind{};
  std::vector<std::string> changed_layers{};
  std::vector<std::string> reverted_layers{};
  double metric = 0.0;  ///< NaN, and so is the drop: not measured
  double drop = 0.0;
  bool accepted = false;
  double int8_share = 0.0;  ///< of multiply-adds
  std::int64_t bytes = 0;
  double seconds = 0.0;
  std::string all_metrics{};  ///< in words, where there are several
  bool inside = false;        ///< every metric that has a limit is inside it
  bool operator==(const IterationRow&) const = default;
};

/// What giving a group of layers back to float would do.
struct ScoreRow {
  std::string layer{};    ///< all names of the group, as shown
  double score = 0.0;     ///< metric on the ranking subset with only this group float
  double distance = 0.0;  ///< that remains to the float model's outputs
  std::int64_t macs = 0;  ///< multiply-adds a sample that would run in float
  std::int64_t samples = 0;
  std::vector<std::string> members{};  ///< the group's layers
  bool operator==(const ScoreRow&) const = default;
};

struct Ranking {
  std::int64_t after_iteration = 0;
  std::int64_t samples = 0;
  std::vector<ScoreRow> scores{};  ///< best first
  std::string metric{};            ///< that layers are judged by
  bool operator==(const Ranking&) const = default;
};

struct SettingRow {
  std::string key{};
  std::string value{};
  std::string origin{};  ///< "file", "set"; empty: a default
  bool operator==(const SettingRow&) const = default;
};

struct LogRow {
  std::string time{};
  std::string level{};  ///< "info", "warning", "error"
  std::string text{};
  bool operator==(const LogRow&) const = default;
};

struct RunDetail {
  RunRow run{};
  std::optional<double> limit{};  ///< largest drop allowed
  /// Of several metrics: the best iteration's drop in the one that is nearest to its limit or furthest out, in words.
  std::string tightest{};
  bool higher_is_better = true;
  std::vector<std::string> metrics{};  ///< the optimised one first
  std::vector<IterationRow> iterations{};
  std::vector<Ranking> rankings{};
  std::vector<SettingRow> settings{};
  std::vector<LogRow> log{};          ///< what was recorded, oldest first
  std::vector<std::string> output{};  ///< the end of what its workers printed
  std::string output_path{};
  std::vector<std::string> facts{};             ///< worker, machine, model, data: a sentence each
  std::map<std::string, std::int64_t> picks{};  ///< "best", "smallest", "fastest": iteration
  bool operator==(const RunDetail&) const = default;
};

// ---- comparing ----

struct ComparedRow {
  std::string key{};
  std::vector<std::string> values{};  ///< one for each run; "-" for nothing
  bool differs = false;
  bool measuring = false;  ///< metrics may not be compared where it differs
  bool operator==(const ComparedRow&) const = default;
};

struct PointRow {
  std::size_t run = 0;  ///< position among the compared
  std::int64_t iteration = 0;
  double metric = 0.0;
  double drop = 0.0;
  double int8_share = 0.0;
  std::int64_t bytes = 0;
  std::int64_t float_layers = 0;
  bool accepted = false;
  bool front = false;
  bool operator==(const PointRow&) const = default;
};

struct Comparison {
  std::vector<RunRow> runs{};
  std::vector<std::string> metrics{};  ///< of any of the runs; the first run's optimised one first
  std::vector<std::optional<double>> limits{};
  std::vector<ComparedRow> settings{};
  std::vector<ComparedRow> results{};
  std::vector<PointRow> points{};
  std::vector<ComparedRow> layers{};  ///< "float" or "int8" for each run
  std::vector<std::string> warnings{};
  bool operator==(const Comparison&) const = default;
};

// ---- the store itself ----

struct HealthSection {
  std::string title{};
  std::vector<std::string> lines{};
  bool operator==(const HealthSection&) const = default;
};

}  // namespace quantrail::tui
