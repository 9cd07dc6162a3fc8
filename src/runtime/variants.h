#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace quantrail {

/// Several variants of a network, and one of them, the base, that has much in common with each. What the base computes
/// in the same way as a variant is taken over from it: the layers before the first that differs, and branches beside.
/// Results are those of the variant's own plan, bit for bit. Immutable; shared by threads.
class Variants {
 public:
  /// All plans are of one network, quantization, batch and cache, have one thread and no taps. What is kept of the base
  /// for the variants takes kept_bytes() of each thread.
  Variants(std::shared_ptr<const Plan> base, std::vector<std::shared_ptr<const Plan>> variants);
  ~Variants();
  Variants(Variants&&) noexcept;
  Variants& operator=(Variants&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Plan& base() const;
  [[nodiscard]] const Plan& plan(std::size_t variant) const;
  [[nodiscard]] std::size_t kept_bytes() const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<const Impl> impl_;
};

/// What one thread needs to run them. Not thread-safe; reusable. `variants` must outlive it.
class VariantsState {
 public:
  explicit VariantsState(const Variants& variants);
  ~VariantsState();
  VariantsState(VariantsState&&) noexcept;
  VariantsState& operator=(VariantsState&&) noexcept;

  /// The base, to be filled and run first. Of its outputs those whose shapes depend on data are not computed: a variant
  /// that is the base has them.
  [[nodiscard]] PlanState& base();
  /// A variant, to be run on what the base was last run on; valid until another one runs.
  [[nodiscard]] PlanState& variant(std::size_t index);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quantrail
