#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "run/ports.h"
#include "tracking/store.h"

namespace quantrail::tracking {

/// The store's memory of what was answered. One connection behind a lock: callable from any thread.
///
/// An answer whose bytes are damaged counts as missing, so that it is computed and saved again.
/// Errors: Blocked for a full disk or a lock held too long, after which the same call may be repeated; Storage.
class Answers final : public AnswerStore {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Answers>> open(const Store& store);

  [[nodiscard]] Result<std::optional<Evaluation>> find(const Digest& key) override;
  [[nodiscard]] Status save(const Digest& key, const Evaluation& evaluation) override;
  /// In the order of their first sample.
  [[nodiscard]] Result<std::vector<EvaluationBlock>> blocks(const Digest& key) override;
  [[nodiscard]] Status save_blocks(std::span<const KeyedBlock> blocks) override;
  [[nodiscard]] Result<std::optional<std::vector<std::uint8_t>>> find_blob(const Digest& key) override;
  [[nodiscard]] Status save_blob(const Digest& key, std::string_view kind,
                                 std::span<const std::uint8_t> bytes) override;

 private:
  Answers(const Store& store, Database database) : store_(store), database_(std::move(database)) {}

  Store store_;
  std::mutex mutex_;
  Database database_;  ///< guarded by mutex_
};

}  // namespace quantrail::tracking
