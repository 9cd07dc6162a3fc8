#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
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
  std::string name{};         ///< as wished by a person; empty: made from model_name
  std::string config_json{};  ///< Config::effective_json
  std::string model_name{};
  std::filesystem::path model_path{};
  Digest model_hash{};
  std::vector<std::string> tags{};
  std::optional<std::int64_t> parent_run{};  ///< that it branched off, at parent_iteration
  std::optional<std::int64_t> parent_iteration{};
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
  std::optional<Outcome> outcome{};   ///< once done
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

struct DataRecord {
  std::string role{};
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
  double rate = 0.0;  ///< units per second; 0: not known yet
};

/// Everything about one run.
struct RunDetails {
  RunSummary summary{};
  std::string uid{};
  std::string config_json{};
  std::string environment_json{};  ///< of the latest attempt; "{}" before the first
  std::filesystem::path model_path{};
  Digest model_hash{};
  std::optional<std::int64_t> parent_run{};
  std::optional<std::int64_t> parent_iteration{};
  std::optional<std::int64_t> started_ms{};
  std::optional<std::int64_t> ended_ms{};
  std::optional<Baseline> baseline{};
  std::optional<RunResult> result{};
  std::vector<DataRecord> data{};
  std::vector<AttemptRecord> attempts{};
  std::vector<IterationRecord> iterations{};
  std::vector<RankingRecord> rankings{};
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

/// The runs of a store, for everybody but their workers. One thread at a time. Reads are short and never change the
/// store. Errors: Blocked and Storage, besides those named.
class Runs {
 public:
  [[nodiscard]] static Result<Runs> open(const Store& store);

  /// A new run, queued. Errors: InvalidInput when the name is empty, a number, "latest", or holds '@' or control
  /// characters.
  [[nodiscard]] Result<CreatedRun> create(const RunSpec& spec);

  /// Newest first.
  [[nodiscard]] Result<std::vector<RunSummary>> list();
  /// Errors: InvalidInput when there is no such run.
  [[nodiscard]] Result<RunSummary> summary(std::int64_t run);
  /// All of it, of one moment. Errors: InvalidInput when there is no such run.
  [[nodiscard]] Result<RunDetails> show(std::int64_t run);
  /// Iterations from number `from` on, for those who follow a run.
  [[nodiscard]] Result<std::vector<IterationRecord>> iterations(std::int64_t run, std::int64_t from);
  /// Events with an id above `after`.
  [[nodiscard]] Result<std::vector<EventRecord>> events(std::int64_t run, std::int64_t after);

  /// The run that `text` names: an id, "latest", a name, or the beginning of exactly one name.
  /// Errors: InvalidInput, listing what was probably meant.
  [[nodiscard]] Result<std::int64_t> find(std::string_view text);

  /// Asks the run's worker; asking again while the first wish is open is the same request. A stop shows at once, as
  /// state Stopping. Errors: InvalidInput when no worker is at work on the run.
  [[nodiscard]] Result<std::int64_t> request(std::int64_t run, Verb verb);
  /// Requests without an answer, oldest first.
  [[nodiscard]] Result<std::vector<Request>> pending(std::int64_t run);
  [[nodiscard]] Status answer(std::int64_t request, std::string_view text);

  /// Differs from an earlier answer when another connection wrote something since.
  [[nodiscard]] Result<std::int64_t> data_version();

 private:
  Runs(const Store& store, Database database) : store_(store), database_(std::move(database)) {}
  Store store_;
  Database database_;
};

}  // namespace quantrail::tracking
