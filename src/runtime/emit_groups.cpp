#include <algorithm>

#include "model/shape_math.h"
#include "runtime/emission.h"
#include "runtime/kernels_groups.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::GroupShape;

/// With factors and offsets that are inputs 1 and 2 where the operator has them.
Status emit_groups(const Emission& e, const GroupShape& shape) {
  const auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  std::vector<StorageId> reads{*source};
  for (std::size_t input = 1; input < e.node().inputs.size(); ++input) {
    const auto parameter = e.read_float(input, Layout::Plain);
    if (!parameter) return failed(parameter);
    reads.push_back(*parameter);
  }
  const auto to = e.builder().write(e.result(), {Numeric::Float, Layout::Plain});
  e.step(reads, {to}, [=, threads = e.threads()](const Bindings& at) {
    std::vector<std::span<const float>> from;
    for (const auto read : reads) from.push_back(at.source<float>(read));
    from.resize(3);
    return action([=, target = at.target<float>(to)] {
      const auto width = static_cast<std::size_t>(shape.width);
      shared_work(threads, target.size(), width, [&](std::size_t first, std::size_t last, std::size_t) {
        GroupShape part = shape;
        part.first_row = static_cast<std::int64_t>(first / width);
        kernels::normalise_groups(from[0].subspan(first, last - first), part, from[1], from[2],
                                  target.subspan(first, last - first));
      });
    });
  });
  return {};
}

/// Elements of each of the last axes of `shape` together, from `axis` on.
std::int64_t elements_from(const Shape& shape, std::size_t axis) {
  return element_count({shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()});
}

bool has_parameters(const Emission& e, std::int64_t count) {
  return e.node().inputs.size() == 3 && e.is_float(1) && e.is_float(2) && element_count(e.shape(1)) == count &&
         element_count(e.shape(2)) == count;
}

/// Where `axes` of `shape` are neighbours up to the last one, but for axes of size 1, the elements that they have.
std::optional<std::int64_t> whole_rows(const Shape& shape, const std::vector<std::size_t>& axes) {
  std::int64_t width = 1;
  bool ended = false;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const bool among = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (shape[axis] == 1) continue;
    if (among && ended) return std::nullopt;
    ended = ended || !among;
    if (among) width *= shape[axis];
  }
  return width;
}

}  // namespace

Status emit_instance_normalization(const Emission& e) {
  if (!e.is_float(0) || e.shape(0).size() < 2 || !has_parameters(e, e.shape(0)[1])) return emit_interpreted(e);
  GroupShape shape;
  shape.width = shape.run = elements_from(e.shape(0), 2);
  shape.epsilon = static_cast<double>(float_attribute(e.node(), "epsilon", 1e-5F));
  return emit_groups(e, shape);
}

Status emit_group_normalization(const Emission& e) {
  const auto groups = int_attribute(e.node(), "num_groups", 0);
  const bool fits = e.is_float(0) && e.shape(0).size() >= 2 && groups > 0 && e.shape(0)[1] % groups == 0;
  const bool per_group = e.builder().graph().opset < 21;
  if (!fits || !has_parameters(e, per_group ? groups : e.shape(0)[1])) return emit_interpreted(e);
  GroupShape shape;
  shape.width = elements_from(e.shape(0), 1) / groups;
  shape.run = per_group ? shape.width : elements_from(e.shape(0), 2);
  shape.epsilon = static_cast<double>(float_attribute(e.node(), "epsilon", 1e-5F));
  return emit_groups(e, shape);
}

Status emit_mean_variance_normalization(const Emission& e) {
  if (!e.is_float(0)) return emit_interpreted(e);
  const auto axes = normal_axes(ints_attribute(e.node(), "axes", {0, 2, 3}), e.shape(0).size());
  const auto width = axes ? whole_rows(e.shape(0), *axes) : std::nullopt;
  if (!width) return emit_interpreted(e);
  GroupShape shape;
  shape.width = shape.run = *width;
  shape.beside_root = 1e-9;
  return emit_groups(e, shape);
}

}  // namespace quantrail
