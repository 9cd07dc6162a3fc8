#include <algorithm>

#include "model/shape_math.h"
#include "runtime/emission.h"
#include "runtime/kernels_normalise.h"
#include "runtime/kernels_quantize.h"
#include "runtime/kernels_unary.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

/// Computes whole rows: dst may be src.
using RowFunction = std::function<void(std::span<const float> src, std::span<float> dst)>;

/// A function of rows whose results are wanted as float, as codes or both: codes are made of results that are still in
/// the nearest cache.
struct RowJob {
  RowFunction compute{};
  std::size_t chunk = 0;  ///< elements, whole rows
  std::size_t threads = 1;
  ActivationParams params{};
};

/// Calls visit(first, elements, number of the thread's piece) for each chunk of `size` elements.
template <class Visit>
void for_each_chunk(const RowJob& job, std::size_t size, Visit visit) {
  shared_work(job.threads, size, job.chunk, [&](std::size_t first, std::size_t last, std::size_t piece) {
    for (std::size_t at = first; at < last; at += job.chunk) visit(at, std::min(job.chunk, last - at), piece);
  });
}

Status emit_codes(const Emission& e, StorageId from, Layout layout, const RowJob& job) {
  const auto to = e.builder().write(e.result(), {Numeric::Codes, layout});
  e.step(
      {from}, {to},
      [=](const Bindings& at) {
        auto* room = reinterpret_cast<float*>(at.scratch());
        return action([job, room, source = at.source<float>(from), codes = at.target<std::uint8_t>(to)] {
          for_each_chunk(job, source.size(), [&](std::size_t first, std::size_t count, std::size_t piece) {
            const std::span results(room + piece * job.chunk, count);
            job.compute(source.subspan(first, count), results);
            kernels::quantize(results, job.params, codes.subspan(first, count));
          });
        });
      },
      job.threads * job.chunk * sizeof(float));
  return {};
}

Status emit_both(const Emission& e, StorageId from, Layout layout, const RowJob& job) {
  const auto to = e.builder().write(e.result(), {Numeric::Float, layout});
  const auto coded = e.builder().write(e.result(), {Numeric::Codes, layout});
  e.step({from}, {to, coded}, [=](const Bindings& at) {
    return action(
        [job, source = at.source<float>(from), target = at.target<float>(to), codes = at.target<std::uint8_t>(coded)] {
          for_each_chunk(job, source.size(), [&](std::size_t first, std::size_t count, std::size_t) {
            const auto results = target.subspan(first, count);
            job.compute(source.subspan(first, count), results);
            kernels::quantize(results, job.params, codes.subspan(first, count));
          });
        });
  });
  return {};
}

Status emit_rows(const Emission& e, StorageId from, Layout layout, std::int64_t width, RowFunction compute) {
  constexpr std::int64_t kNear = 4096;  // elements
  RowJob job{std::move(compute), static_cast<std::size_t>(std::max<std::int64_t>(kNear / width, 1) * width)};
  job.threads = e.threads();
  const auto* params = e.builder().params(e.result());
  if (params != nullptr) job.params = *params;
  if (e.leaves_as_codes(e.result())) return emit_codes(e, from, layout, job);
  const bool codes_too = params != nullptr && e.builder().context().plan.demands.wants(e.result(), Numeric::Codes);
  if (codes_too) return emit_both(e, from, layout, job);
  const auto to = e.builder().write(e.result(), {Numeric::Float, layout});
  e.step({from}, {to}, [=](const Bindings& at) {
    return action([job, source = at.source<float>(from), target = at.target<float>(to)] {
      shared_work(job.threads, source.size(), job.chunk, [&](std::size_t first, std::size_t last, std::size_t) {
        job.compute(source.subspan(first, last - first), target.subspan(first, last - first));
      });
    });
  });
  return {};
}

/// Vectors that outlive the step.
struct Affine {
  TensorPtr factor{};
  TensorPtr offset{};
  [[nodiscard]] kernels::RowAffine view() const {
    return {factor ? factor->values<float>() : std::span<const float>{},
            offset ? offset->values<float>() : std::span<const float>{}};
  }
};

Status emit_normalisation(const Emission& e, StorageId from, std::int64_t width, float epsilon, const Affine& affine) {
  return emit_rows(e, from, Layout::Plain, width, [=](std::span<const float> src, std::span<float> dst) {
    kernels::normalise_rows(src, width, epsilon, affine.view(), dst);
  });
}

TensorPtr constant_named(const Emission& e, const std::string& value) {
  return value.empty() ? nullptr : e.builder().graph().constants.at(value);
}

}  // namespace

Status emit_pattern(const Emission& e) {
  const Pattern& pattern = *e.unit().pattern;
  const bool normalises = pattern.function == Pattern::Function::Normalise;
  const Layout layout = normalises ? Layout::Plain : e.builder().layout(pattern.source);
  const auto source = e.builder().read(pattern.source, {e.unit().pattern_reads, layout});
  if (!source) return failed(source, e.where());
  if (normalises) {
    const Affine affine{constant_named(e, pattern.factor), constant_named(e, pattern.offset)};
    return emit_normalisation(e, *source, e.builder().shape(pattern.source).back(), pattern.epsilon, affine);
  }
  kernels::Unary function{kernels::UnaryOp::Gelu};
  if (pattern.function == Pattern::Function::GeluByTanh)
    function = {kernels::UnaryOp::GeluByTanh, 2.0F * pattern.linear, 2.0F * pattern.cubic};
  return emit_rows(e, *source, layout, 1, [function](std::span<const float> src, std::span<float> dst) {
    kernels::unary(function, src, dst);
  });
}

Status emit_layer_normalization(const Emission& e) {
  const Node& node = e.node();
  const auto axis = normal_axis(int_attribute(node, "axis", -1), e.is_float(0) ? e.shape(0).size() : 0);
  const Affine affine{e.constant(1), e.constant(2)};
  const auto fits = [&](std::size_t input, const TensorPtr& tensor) {
    return !e.has_input(input) ||
           (tensor != nullptr && tensor->type == ElementType::Float32 && tensor->shape == Shape{e.shape(0).back()});
  };
  const bool one_result = std::all_of(node.outputs.begin() + 1, node.outputs.end(), [](auto& v) { return v.empty(); });
  if (!axis || *axis + 1 != e.shape(0).size() || !fits(1, affine.factor) || !fits(2, affine.offset) || !one_result)
    return emit_interpreted(e);
  const auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  return emit_normalisation(e, *source, e.shape(0).back(), float_attribute(node, "epsilon", 1e-5F), affine);
}

}  // namespace quantrail
