#include "runtime/plan_cache.h"

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

}  // namespace quantrail
