#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/numeric_values.h"

namespace quantrail {
namespace {

/// The Mersenne twister of 32 bits; deterministic everywhere, since the standard fixes its numbers.
class Source {
 public:
  explicit Source(std::uint32_t seed) : twister_(seed) {}
  /// In [0, 1), of 53 bits.
  double uniform() {
    const auto high = static_cast<double>(twister_() >> 5U);
    const auto low = static_cast<double>(twister_() >> 6U);
    return (high * 0x1p26 + low) * 0x1p-53;
  }
  /// Mean 0, deviation 1; by the polar form of two uniform numbers.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937 twister_;
};

/// By the attribute "seed"; without one by the node's name, so that a model always gives the same numbers, and two of
/// its nodes different ones.
Source source_for(const Node& node) {
  const auto found = node.attributes.find("seed");
  if (found == node.attributes.end()) {
    std::uint32_t seed = 2166136261U;
    for (const unsigned char c : node.name) seed = (seed ^ c) * 16777619U;
    return Source(seed);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return Source(static_cast<std::uint32_t>(*whole));
  const float seed = float_attribute(node, "seed", 0.0F);
  const bool is_whole = seed == std::floor(seed) && seed >= 0.0F && seed < 0x1p32F;
  return Source(is_whole ? static_cast<std::uint32_t>(seed) : std::bit_cast<std::uint32_t>(seed));
}

Status random_normal(const KernelCall& call) {
  const auto mean = static_cast<double>(float_attribute(call.view.node(), "mean", 0.0F));
  const auto scale = static_cast<double>(float_attribute(call.view.node(), "scale", 1.0F));
  Source source = source_for(call.view.node());
  return for_float_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for (auto& value : call.output().values<T>()) value = static_cast<T>(mean + scale * source.normal());
    return {};
  });
}

Status random_uniform(const KernelCall& call) {
  const auto low = static_cast<double>(float_attribute(call.view.node(), "low", 0.0F));
  const auto high = static_cast<double>(float_attribute(call.view.node(), "high", 1.0F));
  Source source = source_for(call.view.node());
  return for_float_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for (auto& value : call.output().values<T>()) value = static_cast<T>(low + (high - low) * source.uniform());
    return {};
  });
}

/// 1 with the probability that the input says, else 0.
Status bernoulli(const KernelCall& call) {
  Source source = source_for(call.view.node());
  std::vector<std::uint8_t> hits;
  const auto drawn = for_float_type(call.input(0).type, [&](auto zero) -> Status {
    for (const auto p : call.input(0).values<decltype(zero)>())
      hits.push_back(source.uniform() < static_cast<double>(p));
    return {};
  });
  if (!drawn) return drawn;
  if (call.output().type == ElementType::Bool) {
    std::copy(hits.begin(), hits.end(), reinterpret_cast<std::uint8_t*>(call.output().bytes.data()));
    return {};
  }
  return for_number_type(call.output().type, [&](auto zero) -> Status {
    std::copy(hits.begin(), hits.end(), call.output().values<decltype(zero)>().begin());
    return {};
  });
}

bool trains(const KernelCall& call) {
  return call.has(2) && !call.input(2).bytes.empty() && call.input(2).bytes[0] != std::byte{0};
}

/// Does nothing at inference. In training mode, drops elements with probability `ratio` and scales the rest up.
Status dropout(const KernelCall& call) {
  const double ratio = call.has(1) && !call.input(1).bytes.empty() ? number_of(call.input(1)) : 0.5;
  auto* mask = call.outputs.size() > 1 ? call.outputs[1].bytes.data() : nullptr;
  if (!trains(call) || ratio == 0.0) {
    call.output().bytes = call.input(0).bytes;
    if (mask != nullptr) std::fill(mask, mask + call.outputs[1].bytes.size(), std::byte{1});
    return {};
  }
  if (!(ratio > 0.0 && ratio < 1.0)) return fail(Cause::InvalidInput, "a ratio of {}, which is not in [0, 1)", ratio);
  Source source = source_for(call.view.node());
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto x = call.input(0).values<T>();
    auto y = call.output().values<T>();
    const T scale = static_cast<T>(1.0 / (1.0 - ratio));
    for (std::size_t at = 0; at < x.size(); ++at) {
      const bool keep = source.uniform() >= ratio;
      y[at] = keep ? x[at] * scale : T{0};
      if (mask != nullptr) mask[at] = std::byte{keep};
    }
    return {};
  });
}

}  // namespace

void add_random_kernels(Kernels& kernels) {
  kernels["RandomNormal"] = random_normal;
  kernels["RandomNormalLike"] = random_normal;
  kernels["RandomUniform"] = random_uniform;
  kernels["RandomUniformLike"] = random_uniform;
  kernels["Bernoulli"] = bernoulli;
  kernels["Dropout"] = dropout;
}

}  // namespace quantrail
