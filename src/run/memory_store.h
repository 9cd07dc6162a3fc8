#pragma once

#include <map>
#include <mutex>

#include "run/ports.h"

namespace quantrail {

/// Answers kept in memory only: for commands that record nothing, and for tests.
class MemoryStore : public AnswerStore {
 public:
  [[nodiscard]] Result<std::optional<Evaluation>> find(const Digest& key) override;
  [[nodiscard]] Status save(const Digest& key, const Evaluation& evaluation) override;
  [[nodiscard]] Result<std::vector<EvaluationBlock>> blocks(const Digest& key) override;
  [[nodiscard]] Status save_blocks(std::span<const KeyedBlock> blocks) override;
  [[nodiscard]] Result<std::optional<std::vector<std::uint8_t>>> find_blob(const Digest& key) override;
  [[nodiscard]] Status save_blob(const Digest& key, std::string_view kind,
                                 std::span<const std::uint8_t> bytes) override;

 private:
  std::mutex guard_{};
  std::map<Digest, Evaluation> evaluations_{};
  std::map<Digest, std::map<std::size_t, EvaluationBlock>> blocks_{};  ///< by key, then first sample
  std::map<Digest, std::vector<std::uint8_t>> blobs_{};
};

}  // namespace quantrail
