#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "run/records.h"

namespace quantrail {

/// A block, and of which evaluation.
struct KeyedBlock {
  Digest key{};
  EvaluationBlock block{};
};

/// Port: memory of what was answered, keyed by content. Implemented by the experiment store, and in memory for tests.
/// A saved answer is durable when save returns. Errors: Blocked when trying again may help (disk full, locked), Storage
/// when not. Thread-safe.
class AnswerStore {
 public:
  virtual ~AnswerStore() = default;
  [[nodiscard]] virtual Result<std::optional<Evaluation>> find(const Digest& key) = 0;
  /// Saves the answer and drops the key's blocks.
  [[nodiscard]] virtual Status save(const Digest& key, const Evaluation& evaluation) = 0;
  [[nodiscard]] virtual Result<std::vector<EvaluationBlock>> blocks(const Digest& key) = 0;
  /// All of them or none.
  [[nodiscard]] virtual Status save_blocks(std::span<const KeyedBlock> blocks) = 0;
  [[nodiscard]] Status save_block(const Digest& key, const EvaluationBlock& block) {
    const KeyedBlock one{key, block};
    return save_blocks(std::span(&one, 1));
  }
  /// Calibration statistics and quantization parameters; `kind` is for people ("statistics", "quantization").
  [[nodiscard]] virtual Result<std::optional<std::vector<std::uint8_t>>> find_blob(const Digest& key) = 0;
  [[nodiscard]] virtual Status save_blob(const Digest& key, std::string_view kind,
                                         std::span<const std::uint8_t> bytes) = 0;
};

/// Port: the record of one run, in the order things became known. A row that exists already (replay) is compared and
/// not inserted again; a difference is an error (Storage), since a resumed run must not differ. Errors otherwise as
/// above.
class RunRecorder {
 public:
  virtual ~RunRecorder() = default;
  [[nodiscard]] virtual Status baseline(const Baseline& baseline) = 0;
  [[nodiscard]] virtual Status ranking(const RankingRecord& ranking) = 0;
  [[nodiscard]] virtual Status iteration(const IterationRecord& iteration) = 0;
  [[nodiscard]] virtual Status finished(const RunResult& result) = 0;
  /// A sentence for the run's log: what was assumed, what was found.
  [[nodiscard]] virtual Status note(std::string_view text) = 0;
};

/// A stretch of work with a countable end: calibration, an evaluation, a ranking.
struct StepStarted {
  std::string name{};     ///< "calibrate", "evaluate float model", "rank 28 layers", ...
  std::size_t total = 0;  ///< 0: takes a moment, nothing to count
  std::string unit{};     ///< "samples"
};
struct StepProgress {
  std::size_t done = 0;
  std::size_t total = 0;
};
struct StepFinished {
  std::string name{};
  bool reused = false;  ///< answered from the store
  double seconds = 0.0;
};
struct Noted {
  std::string text{};
};

/// Everything a run tells the world while it goes on, in order, as plain values; each was recorded before it is told.
using RunEvent =
    std::variant<StepStarted, StepProgress, StepFinished, Noted, Baseline, RankingRecord, IterationRecord, RunResult>;

/// Port: display only. Called on the run's threads, one call at a time; keeps its failures to itself.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_event(const RunEvent& event) noexcept = 0;
};

}  // namespace quantrail
