#include "runtime/plan_cache.h"

#include <algorithm>

namespace quantrail {

PlanCache::PlanCache() : state_(std::make_unique<State>()) {}
PlanCache::~PlanCache() = default;

std::shared_ptr<const void> PlanCache::State::find(const Digest& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

std::shared_ptr<const void> PlanCache::State::keep(const Digest& key, std::shared_ptr<const void> object) {
  const std::scoped_lock lock(mutex_);
  return objects_.emplace(key, std::move(object)).first->second;
}

std::int64_t PlanCache::State::number_of(const Quantization* quantization) {
  if (quantization == nullptr) return 0;
  constexpr std::size_t kRemembered = 4;
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(quantizations_.begin(), quantizations_.end(),
                                  [&](const auto& known) { return known.second == *quantization; });
  if (found != quantizations_.end()) {
    std::rotate(found, found + 1, quantizations_.end());
    return quantizations_.back().first;
  }
  if (quantizations_.size() == kRemembered) quantizations_.erase(quantizations_.begin());
  quantizations_.emplace_back(++numbers_given_, *quantization);
  return numbers_given_;
}

}  // namespace quantrail
