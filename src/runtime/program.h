#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"

namespace quantrail {

/// Position in Program::storages.
using StorageId = std::size_t;

/// A piece of memory that steps read and write.
struct Storage {
  std::size_t bytes = 0;
  bool kept = false;  ///< holds its content between steps and after the run: inputs, outputs, taps
  std::shared_ptr<const std::byte> constant{};  ///< content fixed at build; never written
  Digest meaning{};  ///< of constants: which value in which form; zeros where only the step that reads it knows
};

/// Where the storages of one PlanState are.
class Bindings {
 public:
  Bindings(std::vector<std::byte*> addresses, std::vector<std::size_t> sizes, std::byte* scratch)
      : addresses_(std::move(addresses)), sizes_(std::move(sizes)), scratch_(scratch) {}

  template <class T>
  [[nodiscard]] std::span<const T> source(StorageId id) const {
    return {reinterpret_cast<const T*>(addresses_[id]), sizes_[id] / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<T> target(StorageId id) const {
    return {reinterpret_cast<T*>(addresses_[id]), sizes_[id] / sizeof(T)};
  }
  /// Memory for the step that runs, of the largest Step::scratch_bytes.
  [[nodiscard]] std::byte* scratch() const { return scratch_; }

 private:
  std::vector<std::byte*> addresses_;
  std::vector<std::size_t> sizes_;
  std::byte* scratch_;
};

/// A step with its addresses filled in. Errors: Backend.
using Action = std::function<Status()>;

/// One computation. Immutable and shared; each PlanState binds it once.
struct Step {
  std::string node{};  ///< for messages
  std::vector<StorageId> reads{};
  std::vector<StorageId> writes{};
  std::size_t scratch_bytes = 0;
  /// What is computed: steps of plans of one network, quantization and batch that have equal identities do the same to
  /// what they read, whatever is reverted.
  Digest identity{};
  std::function<Action(const Bindings&)> bind{};
};

/// An Action of a kernel that cannot fail.
template <class Kernel>
[[nodiscard]] Action action(Kernel kernel) {
  return [kernel = std::move(kernel)]() -> Status {
    kernel();
    return {};
  };
}

/// Steps in order, over storages.
struct Program {
  std::vector<Storage> storages{};
  std::vector<Step> steps{};
};

}  // namespace quantrail
