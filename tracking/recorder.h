#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "run/ports.h"
#include "tracking/ownership.h"
#include "tracking/store.h"

namespace quantrail::tracking {

enum class Level { Info, Warning, Error };
[[nodiscard]] std::string_view name_of(Level level);  // "info", "warning", "error"

/// Writes the record of one run while a lease on it is held. One thread at a time.
///
/// Every method is durable when it returns, and may be called again after a failure: what is there already is compared
/// (record_difference.h), not written again. Errors: Owned when another worker took the run over; Storage for a record
/// that differs from the stored one, naming the difference; Blocked and Storage for what the store itself suffers.
class Recorder final : public RunRecorder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(const Store& store, const Ownership& owner);

  [[nodiscard]] Status baseline(const Baseline& baseline) override;
  [[nodiscard]] Status ranking(const RankingRecord& ranking) override;
  [[nodiscard]] Status iteration(const IterationRecord& iteration) override;
  /// The run is done and nobody's any more. Its worker has nothing more to write, and releases its lease.
  [[nodiscard]] Status finished(const RunResult& result) override;
  /// An event of Level::Info. A sentence that the run's log has already, as on replay, is not repeated.
  [[nodiscard]] Status note(std::string_view text) override;

  /// An event for the run's log, each time.
  [[nodiscard]] Status event(Level level, std::string_view text);
  /// What the run's samples are, role "calibration" or "validation", or how many there are 0 of: the program of a
  /// metric and its files, role kMetricRole and its name. Errors: InvalidInput when the run began with others, since it
  /// cannot go on with these.
  [[nodiscard]] Status data(std::string_view role, const Digest& fingerprint, std::size_t samples);

 private:
  Recorder(const Store& store, const Ownership& owner, Database database)
      : store_(store), owner_(owner), database_(std::move(database)) {}
  [[nodiscard]] Status write(const std::function<Status()>& statements);

  Store store_;
  Ownership owner_;
  Database database_;
};

}  // namespace quantrail::tracking
