#include "run/memory_store.h"

namespace quantrail {

Result<std::optional<Evaluation>> MemoryStore::find(const Digest& key) {
  const std::scoped_lock lock(guard_);
  const auto found = evaluations_.find(key);
  if (found == evaluations_.end()) return std::nullopt;
  return found->second;
}

Status MemoryStore::save(const Digest& key, const Evaluation& evaluation) {
  const std::scoped_lock lock(guard_);
  evaluations_.insert_or_assign(key, evaluation);
  blocks_.erase(key);
  return {};
}

Result<std::vector<EvaluationBlock>> MemoryStore::blocks(const Digest& key) {
  const std::scoped_lock lock(guard_);
  std::vector<EvaluationBlock> out;
  const auto found = blocks_.find(key);
  if (found == blocks_.end()) return out;
  for (const auto& [first, block] : found->second) out.push_back(block);
  return out;
}

Status MemoryStore::save_blocks(std::span<const KeyedBlock> blocks) {
  const std::scoped_lock lock(guard_);
  for (const auto& [key, block] : blocks) blocks_[key].insert_or_assign(block.first, block);
  return {};
}

Result<std::optional<std::vector<std::uint8_t>>> MemoryStore::find_blob(const Digest& key) {
  const std::scoped_lock lock(guard_);
  const auto found = blobs_.find(key);
  if (found == blobs_.end()) return std::nullopt;
  return found->second;
}

Status MemoryStore::save_blob(const Digest& key, std::string_view, std::span<const std::uint8_t> bytes) {
  const std::scoped_lock lock(guard_);
  blobs_.insert_or_assign(key, std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  return {};
}

}  // namespace quantrail
