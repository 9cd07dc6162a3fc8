#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "run/records.h"
#include "tracking/liveness.h"
#include "tracking/run_state.h"
#include "tracking/store.h"

namespace quantrail::tracking {

/// What a new run is.
struct RunSpec {
  std::string name{};               ///< as wished by a person; empty: made from model_name
  std::string config_json{};        ///< Config::effective_json
  std::string origins_json = "{}";  ///< Config::origins
  std::string model_name{};
  std::filesystem::path model_path{};
  Digest model_hash{};
  std::vector<std::string> tags{};
  std::optional<std::int64_t> parent_run{};  ///< that it branched off, at parent_iteration
  std::optional<std::int64_t> parent_iteration{};
  std::optional<std::int64_t> start_after{};  ///< its worker waits until this run has ended, however it ended
  std::optional<std::int64_t> start_below{};  ///< and until fewer than so many runs of the store are at work
  std::string notify{};                       ///< for a shell, when a worker of the run ends; empty: nothing
  std::filesystem::path notify_folder{};      ///< where that shell runs; empty: where the worker does
};

struct CreatedRun {
  std::int64_t id = 0;
  std::string uid{};   ///< names its log and lock files, see Store
  std::string name{};  ///< the wished one, with "-2", "-3", ... when that was taken
};

/// One line of the list of runs.
struct RunSummary {
  std::int64_t id = 0;
  std::string name{};
  RunState state = RunState::Queued;  ///< as it is now: a run whose worker is gone is Interrupted
  std::string reason{};               ///< why interrupted, failed or unknown
  std::optional<Outcome> outcome{};   ///< once done; Met where there was no target
  bool targeted = false;              ///< some metric may drop by so much at most
  std::string model{};
  std::string metric{};                  ///< the optimised one; empty before the float model was evaluated
  std::optional<double> float_metric{};  ///< nothing: not measured yet
  std::optional<double> quantized{};     ///< of iteration 0
  std::optional<double> best{};  ///< of the best iteration: so far the smallest drop; once done, the run's choice
  std::optional<double> drop{};  ///< of that iteration
  std::optional<std::int64_t> best_iteration{};
  std::int64_t reverted = 0;  ///< layers that are float in it
  std::int64_t iterations = 0;
  std::int64_t created_ms = 0;
  std::optional<std::uint64_t> size_bytes{};  ///< of the best iteration's file
  std::optional<double> speed_up{};           ///< of the best model over the float one; once done, where measured
  std::optional<std::int64_t> parent{};       ///< the run that it branched off
  std::optional<std::int64_t> start_after{};
  std::optional<std::int64_t> start_below{};
  bool owned = false;  ///< a worker has it: at work, or waiting until it may begin
  bool starred = false;
  std::optional<std::int64_t> trashed_ms{};  ///< nothing: not in the trash
  std::string note{};
  std::vector<std::string> tags{};  ///< sorted
};

/// One worker process of a run.
struct AttemptRecord {
  std::int64_t id = 0;
  std::string host{};
  std::int64_t pid = 0;
  std::int64_t started_ms = 0;
  std::optional<std::int64_t> ended_ms{};
  std::string ended_as{};  ///< "done", "failed", "interrupted", "lost" (killed); empty: not ended, as far as is known
  std::string reason{};
  std::string environment_json{};
  std::string log_path{};
};

struct EventRecord {
  std::int64_t id = 0;
  std::int64_t at_ms = 0;
  std::string level{};  ///< "info", "warning", "error"
  std::string text{};
};

/// Roles of metrics that programs compute begin so, and go on with the metric's name.
inline constexpr std::string_view kMetricRole = "metric ";

struct DataRecord {
  std::string role{};  ///< "calibration", "validation", or of a metric
  Digest fingerprint{};
  std::int64_t samples = 0;
};

/// The worker that owns the run and what it is doing.
struct LeaseRecord {
  std::int64_t attempt = 0;
  WorkerIdentity worker{};
  std::int64_t beat = 0;  ///< grows while the worker lives
  std::string step{};
  std::string unit{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  double rate = 0.0;         ///< units per second; 0: not known yet
  bool pause_asked = false;  ///< and not taken back, whether it has taken effect or not
};

/// Everything about one run.
struct RunDetails {
  RunSummary summary{};
  std::string uid{};
  std::string config_json{};
  std::string origins_json{};
  std::string environment_json{};  ///< of the latest attempt; "{}" before the first
  std::filesystem::path model_path{};
  Digest model_hash{};
  std::optional<std::int64_t> parent_run{};
  std::optional<std::int64_t> parent_iteration{};
  std::string notify{};  ///< see RunSpec
  std::filesystem::path notify_folder{};
  std::optional<std::int64_t> started_ms{};
  std::optional<std::int64_t> ended_ms{};
  std::optional<Baseline> baseline{};
  std::optional<RunResult> result{};
  std::vector<DataRecord> data{};
  std::vector<AttemptRecord> attempts{};
  std::vector<IterationRecord> iterations{};
  std::vector<std::int64_t> iterations_ms{};  ///< when each was recorded
  std::vector<RankingRecord> rankings{};
  std::vector<std::int64_t> rankings_ms{};
  std::vector<EventRecord> events{};
  std::optional<LeaseRecord> lease{};
};

enum class Verb { Stop, Pause, Continue };
[[nodiscard]] std::string_view name_of(Verb verb);  // "stop", "pause", "continue"

/// A wish for the worker of a run.
struct Request {
  std::int64_t id = 0;
  Verb verb = Verb::Stop;
};

enum class Listed { Kept, Trashed, All };

/// The runs of a store, for everybody but their workers. One thread at a time. Reads are short and never change the
/// store. Errors: Blocked and Storage, besides those named.
class Runs {
 public:
  [[nodiscard]] static Result<Runs> open(const Store& store);

  /// A new run, queued. Errors: InvalidInput when the name is empty, a number, "latest", or holds '@' or control
  /// characters.
  [[nodiscard]] Result<CreatedRun> create(const RunSpec& spec);

  /// Newest first.
  [[nodiscard]] Result<std::vector<RunSummary>> list(Listed which = Listed::Kept);
  /// Of all runs, by id: the configuration (JSON), and the metrics of the best iteration where there is one.
  [[nodiscard]] Result<std::map<std::int64_t, std::string>> configs();
  [[nodiscard]] Result<std::map<std::int64_t, std::map<std::string, double>>> best_metrics();
  [[nodiscard]] std::int64_t now_ms() const { return store_.now_ms(); }
  /// Errors: InvalidInput when there is no such run.
  [[nodiscard]] Result<RunSummary> summary(std::int64_t run);
  /// All of it, of one moment. Errors: InvalidInput when there is no such run.
  [[nodiscard]] Result<RunDetails> show(std::int64_t run);
  /// What owns the run and what it does now, without all the rest; nothing: nobody does.
  [[nodiscard]] Result<std::optional<LeaseRecord>> lease(std::int64_t run);
  /// A warning for the run's log, of somebody who does not own it.
  [[nodiscard]] Status warn(std::int64_t run, std::string_view text);
  /// Iterations from number `from` on, for those who follow a run.
  [[nodiscard]] Result<std::vector<IterationRecord>> iterations(std::int64_t run, std::int64_t from);
  /// Events with an id above `after`.
  [[nodiscard]] Result<std::vector<EventRecord>> events(std::int64_t run, std::int64_t after);

  /// The run that `text` names: an id, "latest", a name, or the beginning of exactly one name. The trash is searched by
  /// ids and whole names only.
  /// Errors: InvalidInput, listing what was probably meant.
  [[nodiscard]] Result<std::int64_t> find(std::string_view text);

  /// Asks the run's worker; asking again while the first wish is open is the same request, and a pause that is open is
  /// taken back by Continue, as the other way round. A stop shows at once, as state Stopping. Errors: InvalidInput when
  /// no worker is at work on the run.
  [[nodiscard]] Result<std::int64_t> request(std::int64_t run, Verb verb);
  /// What people write on runs; a worker's doings are not in its way. Errors: InvalidInput when there is no such run.
  /// rename: also for a name that is taken or that create() refuses.
  [[nodiscard]] Status rename(std::int64_t run, std::string_view name);
  /// `expected`: what the writer saw before; when it is something else by now, nothing is written (InvalidInput).
  [[nodiscard]] Status set_note(std::int64_t run, std::string_view note,
                                const std::optional<std::string>& expected = std::nullopt);
  [[nodiscard]] Status star(std::int64_t run, bool starred);
  /// False: it had the tag (had it not) before. Errors: InvalidInput for an empty tag, and one with spaces, ',', ':' or
  /// control characters.
  [[nodiscard]] Result<bool> tag(std::int64_t run, std::string_view tag);
  [[nodiscard]] Result<bool> untag(std::int64_t run, std::string_view tag);

  /// The model of that content is at `path` now; returns how many runs have it.
  [[nodiscard]] Result<std::int64_t> relink(const Digest& model, const std::filesystem::path& path);

  /// All of them go into the trash, as one removal, or none. Errors: InvalidInput for a run that a worker has, or that
  /// is there already.
  [[nodiscard]] Status trash(std::span<const std::int64_t> runs);
  /// Takes the runs of the latest removal that is not undone, or only `run`, out of the trash; returns which, by name.
  /// Errors: InvalidInput when there is nothing to take out.
  [[nodiscard]] Result<std::vector<std::string>> restore(std::optional<std::int64_t> run);

  /// Differs from an earlier answer when another connection wrote something since. Errors: Storage, also when the file
  /// was deleted or replaced.
  [[nodiscard]] Result<std::int64_t> data_version();

 private:
  Runs(const Store& store, Database database) : store_(store), database_(std::move(database)) {}
  Store store_;
  Database database_;
};

}  // namespace quantrail::tracking
