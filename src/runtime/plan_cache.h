#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/hash.h"
#include "runtime/plan.h"

namespace quantrail {

/// Immutable objects by what they were made from. The type of an object must follow from its key.
struct PlanCache::State {
  /// The object of `key`; made now when there is none. When two threads make it at the same time, one of the two equal
  /// objects is dropped.
  template <class T>
  [[nodiscard]] Result<std::shared_ptr<const T>> get(const Digest& key,
                                                     const std::function<Result<std::shared_ptr<const T>>()>& make) {
    if (auto found = find(key)) return std::static_pointer_cast<const T>(std::move(found));
    auto made = make();
    if (!made) return made;
    return std::static_pointer_cast<const T>(keep(key, std::move(*made)));
  }

  /// A number that stands for the value of `quantization`, 0 for null. Another value never gets it; the same value gets
  /// it again unless several others came in between.
  [[nodiscard]] std::int64_t number_of(const Quantization* quantization);

 private:
  [[nodiscard]] std::shared_ptr<const void> find(const Digest& key);
  /// What is kept under `key` afterwards: an earlier object wins.
  [[nodiscard]] std::shared_ptr<const void> keep(const Digest& key, std::shared_ptr<const void> object);

  std::mutex mutex_;
  std::map<Digest, std::shared_ptr<const void>> objects_;
  std::vector<std::pair<std::int64_t, Quantization>> quantizations_;  // the last ones seen, latest last
  std::int64_t numbers_given_ = 0;
};

}  // namespace quantrail
