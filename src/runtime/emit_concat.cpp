#include <algorithm>

#include "model/shape_math.h"
#include "runtime/emission.h"
#include "runtime/kernels_move.h"

namespace quantrail {
namespace {

/// How the inputs lie in memory, seen from the axis along which they are joined.
struct JoinedRows {
  Layout layout = Layout::Plain;
  std::int64_t outer = 1;
  std::vector<std::int64_t> row{};  ///< elements of each input's rows
};

JoinedRows joined_rows(const Emission& e, std::size_t axis) {
  JoinedRows rows;
  const auto& inputs = e.node().inputs;
  const bool last = std::any_of(inputs.begin(), inputs.end(),
                                [&](const auto& value) { return e.builder().layout(value) == Layout::ChannelsLast; });
  if (last) rows.layout = Layout::ChannelsLast;
  const std::size_t stored = stored_axis(axis, e.result_shape().size(), rows.layout);
  const Shape result = stored_shape(e.result_shape(), rows.layout);
  for (std::size_t at = 0; at < stored; ++at) rows.outer *= result[at];
  for (std::size_t input = 0; input < inputs.size(); ++input)
    rows.row.push_back(element_count(e.shape(input)) / rows.outer);
  return rows;
}

Result<std::vector<StorageId>> sources(const Emission& e, Layout layout, bool codes) {
  std::vector<StorageId> storages;
  for (std::size_t input = 0; input < e.node().inputs.size(); ++input) {
    auto storage = codes ? e.read_codes(input, layout) : e.read_float(input, layout);
    if (!storage) return failed(storage);
    storages.push_back(*storage);
  }
  return storages;
}

/// The tables that move the inputs' codes to the result's scale; nothing for those that are there already.
std::vector<std::optional<kernels::CodeTable>> tables(const Emission& e) {
  std::vector<std::optional<kernels::CodeTable>> tables;
  const auto& to = e.params(e.result());
  for (const auto& value : e.node().inputs) {
    const auto& from = e.params(value);
    tables.push_back(from == to ? std::nullopt : std::optional(kernels::requantization_table(from, to)));
  }
  return tables;
}

Status emit_codes(const Emission& e, const JoinedRows& rows) {
  auto from = sources(e, rows.layout, true);
  if (!from) return failed(from);
  const auto to = e.builder().write(e.result(), {Numeric::Codes, rows.layout});
  e.step(
      *from, {to},
      [rows, from = *from, to,
       tables = std::make_shared<const std::vector<std::optional<kernels::CodeTable>>>(tables(e))](const Bindings& at) {
        std::vector<kernels::CodePart> parts;
        for (std::size_t i = 0; i < from.size(); ++i) {
          const auto& table = (*tables)[i];
          parts.push_back({at.source<std::uint8_t>(from[i]).data(), rows.row[i], table ? &*table : nullptr});
        }
        return action([parts, tables, outer = rows.outer, target = at.target<std::uint8_t>(to)] {
          kernels::concat(parts, outer, target);
        });
      });
  return {};
}

Status emit_float(const Emission& e, const JoinedRows& rows) {
  auto from = sources(e, rows.layout, false);
  if (!from) return failed(from);
  const auto to = e.builder().write(e.result(), {Numeric::Float, rows.layout});
  e.step(*from, {to}, [rows, from = *from, to](const Bindings& at) {
    std::vector<kernels::ConcatPart<float>> parts;
    for (std::size_t i = 0; i < from.size(); ++i) parts.push_back({at.source<float>(from[i]).data(), rows.row[i]});
    return action(
        [parts, outer = rows.outer, target = at.target<float>(to)] { kernels::concat(parts, outer, target); });
  });
  return {};
}

}  // namespace

Status emit_concat(const Emission& e) {
  const auto& inputs = e.node().inputs;
  if (!e.is_float(0)) return emit_interpreted(e);
  auto axis = normal_axis(int_attribute(e.node(), "axis", 0), e.result_shape().size());
  if (!axis) return failed(axis, e.where());
  const bool all_codes = std::all_of(inputs.begin(), inputs.end(),
                                     [&](const auto& value) { return e.builder().params(value) != nullptr; });
  const JoinedRows rows = joined_rows(e, *axis);
  return e.codes_to_codes() && all_codes ? emit_codes(e, rows) : emit_float(e, rows);
}

}  // namespace quantrail
