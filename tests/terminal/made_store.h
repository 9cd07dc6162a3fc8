#pragma once

#include <cstdint>
#include <memory>

#include "tracking/lease.h"
#include "tracking/recorder.h"
#include "tracking/runs.h"

namespace quantrail::testing_terminal {

/// A store of its own folder with runs in it, gone with it.
class MadeStore {
 public:
  MadeStore();
  ~MadeStore();
  MadeStore(const MadeStore&) = delete;
  MadeStore& operator=(const MadeStore&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const tracking::Store& store() const { return *store_; }
  /// Adds runs that were interrupted after so many iterations.
  void add_runs(std::int64_t runs, std::int64_t iterations);

 private:
  std::filesystem::path folder_{};
  std::optional<tracking::Store> store_{};
};

/// A run at work, whose worker this process is.
class MadeWorker {
 public:
  explicit MadeWorker(const MadeStore& store);
  /// Records the next iteration.
  void iterate();
  /// Says what it does now.
  void step(const std::string& text, std::int64_t done, std::int64_t total);

 private:
  std::int64_t next_ = 0;
  std::unique_ptr<tracking::Lease> lease_{};
  std::unique_ptr<tracking::Recorder> recorder_{};
};

}  // namespace quantrail::testing_terminal
