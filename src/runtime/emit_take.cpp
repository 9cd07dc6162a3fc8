#include <algorithm>

#include "model/shape_math.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_gather.h"

namespace quantrail {
namespace {

/// A table of where each position of an axis comes from must not take much more than the result.
constexpr std::int64_t kMostPositions = std::int64_t{1} << 23U;

/// Adds the step that takes `axes` (in logical order) of input 0.
Status emit_taken(const Emission& e, const std::vector<kernels::TakenAxis>& axes, Layout layout) {
  auto take = std::make_shared<const kernels::Take>(in_stored_order(axes, layout));
  return emit_words(e, layout,
                    [take]<class T>(std::span<const T> source, std::span<T> target) { take->run(source, target); });
}

/// The source with ones before its axes, and the layout in which it is read then.
struct Lifted {
  std::vector<kernels::TakenAxis> axes{};
  Layout layout = Layout::Plain;
};

Lifted lifted(const Emission& e) {
  const Shape& source = e.shape(0);
  const std::size_t rank = e.result_shape().size();
  Lifted made;
  if (source.size() == rank) made.layout = e.builder().layout(e.node().inputs[0]);
  made.axes.resize(rank - source.size());
  for (const auto size : source) made.axes.push_back({size, {}});
  return made;
}

Status emit_repeated(const Emission& e) {
  const Shape& result = e.result_shape();
  if (result.size() > kernels::kMaxRank || e.shape(0).size() > result.size()) return emit_interpreted(e);
  const bool vast = std::any_of(result.begin(), result.end(), [](auto size) { return size > kMostPositions; });
  if (vast) return emit_interpreted(e);
  Lifted made = lifted(e);
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    auto& from = made.axes[axis];
    if (from.size == result[axis]) continue;
    for (std::int64_t at = 0; at < result[axis]; ++at) from.positions.push_back(at % from.size);
  }
  return emit_taken(e, made.axes, made.layout);
}

/// The positions that constant indices name; nothing when one is outside of the axis, which is found out when run.
std::optional<std::vector<std::int64_t>> known_positions(const Tensor& indices, std::int64_t size) {
  auto positions = integers_of(indices);
  for (auto& position : positions) {
    if (position < -size || position >= size) return std::nullopt;
    if (position < 0) position += size;
  }
  return positions;
}

/// What the codes of a table stand for, made once for all plans.
Result<StorageId> read_table(const Emission& e) {
  const auto& context = e.builder().context();
  const WeightParams& params = context.quantization->tables.find(e.node().name)->second;
  Hasher hasher;
  hasher.add("table").add(e.node().name).add(params.axis).add_bytes(std::as_bytes(std::span(params.scale)));
  const auto make = [&]() -> Result<std::shared_ptr<const Tensor>> {
    const Tensor& table = *e.constant(0);
    const auto reals = dequantized_weights(table, params);
    return std::make_shared<const Tensor>(Tensor::of<float>(table.shape, std::span<const float>(reals)));
  };
  auto reals = context.cache.get<Tensor>(hasher.finish(), make);
  if (!reals) return failed(reals, e.where());
  return e.builder().constant(std::move(*reals));
}

Status emit_gather_rows(const Emission& e, std::size_t axis) {
  const bool codes = moves_codes(e);
  auto source = e.holds_table() ? read_table(e)
                : codes         ? e.read_codes(0, Layout::Plain)
                                : e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  auto indices = e.builder().read(e.node().inputs[1], {});
  if (!indices) return failed(indices, e.where());
  const auto result = e.builder().write(e.result(), {codes ? Numeric::Codes : Numeric::Float, Layout::Plain});
  kernels::GatherShape shape{1, e.shape(0)[axis], codes ? 1 : std::int64_t(size_of(e.builder().type(e.result()).type))};
  for (std::size_t at = 0; at < axis; ++at) shape.outer *= e.shape(0)[at];
  for (std::size_t at = axis + 1; at < e.shape(0).size(); ++at) shape.row_bytes *= e.shape(0)[at];
  const bool wide = e.builder().type(e.node().inputs[1]).type == ElementType::Int64;
  e.step({*source, *indices}, {result},
         [=, from = *source, at_indices = *indices, name = e.where()](const Bindings& at) -> Action {
           const auto src = at.source<std::byte>(from);
           const auto dst = at.target<std::byte>(result);
           const auto run = [=](auto positions) -> Status {
             const auto wrong = kernels::gather(src, shape, positions, dst);
             if (!wrong) return {};
             return fail(Cause::InvalidInput, "{}: index {} on an axis of {}", name, *wrong, shape.axis);
           };
           if (wide) return [=, positions = at.source<std::int64_t>(at_indices)] { return run(positions); };
           return [=, positions = at.source<std::int32_t>(at_indices)] { return run(positions); };
         });
  return {};
}

}  // namespace

Status emit_expand(const Emission& e) { return emit_repeated(e); }
Status emit_tile(const Emission& e) { return emit_repeated(e); }

Status emit_gather(const Emission& e) {
  const Shape& source = e.shape(0);
  auto axis = normal_axis(int_attribute(e.node(), "axis", 0), source.size());
  if (!axis) return failed(axis, e.where());
  const auto type = e.builder().type(e.node().inputs[1]).type;
  if (source.size() > kernels::kMaxRank || (type != ElementType::Int64 && type != ElementType::Int32))
    return emit_interpreted(e);
  const auto indices = e.constant(1);
  const auto positions =
      indices && indices->shape.size() == 1 ? known_positions(*indices, source[*axis]) : std::nullopt;
  if (!positions) return emit_gather_rows(e, *axis);
  Lifted made = lifted(e);
  made.axes[*axis].positions = *positions;
  return emit_taken(e, made.axes, made.layout);
}

}  // namespace quantrail
