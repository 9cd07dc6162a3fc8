#include "data/npy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "base/text.h"
#include "data/npy_header.h"

namespace quantrail {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1U << 20U;

/// The dictionary's text; sets where the data begins.
Result<std::string> header_text(const ByteSource& bytes, std::uint64_t& data_offset) {
  std::array<std::byte, 12> start{};
  const auto available = std::min<std::uint64_t>(start.size(), bytes.size());
  const auto wrong = [] { return fail(Cause::InvalidInput, "is not a .npy array"); };
  if (available < 10) return wrong();
  if (const auto read = bytes.read(0, std::span(start).first(available)); !read) return failed(read);
  if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) return wrong();
  const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(start[i]); };
  const std::size_t version = at(6);
  if (version < 1 || version > 3)
    return fail(Cause::Unsupported, "is a .npy array of version {}, known are 1 to 3", version);
  std::size_t length = at(8) + at(9) * 256;
  std::size_t prefix = 10;
  if (version > 1) {
    if (available < 12) return wrong();
    length += at(10) * 65536 + at(11) * 16777216;
    prefix = 12;
  }
  if (length > kLongestHeader || prefix + length > bytes.size()) {
    return fail(Cause::InvalidInput, "the .npy header claims {} bytes, the file has {}", length, bytes.size());
  }
  std::string text(length, '\0');
  if (const auto read = bytes.read(prefix, std::as_writable_bytes(std::span(text))); !read) return failed(read);
  data_offset = prefix + length;
  return text;
}

/// Sets kind and size of elements from a type string like "<f4".
Status set_type(const std::string& descr, NpyArray& array) {
  const auto unsupported = [&] {
    return fail(Cause::Unsupported, "elements of type \"{}\" are not supported, only plain little-endian numbers",
                printable(descr));
  };
  if (descr.size() != 3) return unsupported();
  const char order = descr[0], kind = descr[1];
  const std::size_t bytes = static_cast<std::size_t>(descr[2] - '0');
  const bool float_like = kind == 'f' && (bytes == 2 || bytes == 4 || bytes == 8);
  const bool integer_like = (kind == 'i' || kind == 'u') && (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
  if (!float_like && !integer_like && !(kind == 'b' && bytes == 1)) return unsupported();
  if (order != '<' && order != '=' && !(bytes == 1 && (order == '|' || order == '>'))) return unsupported();
  array.kind = kind;
  array.item_bytes = bytes;
  return {};
}

/// Whether there are elements, and the bytes behind the header hold them all.
Status check_size(const NpyArray& array) {
  const std::uint64_t available = (array.bytes->size() - array.data_offset) / array.item_bytes;
  std::uint64_t count = 1;
  for (const auto size : array.shape) {
    if (size == 0) return fail(Cause::InvalidInput, "is empty: its shape is [{}]", fmt::join(array.shape, ","));
    if (count > available / static_cast<std::uint64_t>(size)) {
      return fail(Cause::InvalidInput, "the header claims {} of shape [{}], the file holds {} elements",
                  array.type_name(), fmt::join(array.shape, ","), available);
    }
    count *= static_cast<std::uint64_t>(size);
  }
  return {};
}

Result<NpyArray> described(std::shared_ptr<const ByteSource> bytes) {
  NpyArray array;
  array.bytes = std::move(bytes);
  const auto text = header_text(*array.bytes, array.data_offset);
  if (!text) return failed(text);
  auto header = parse_npy_header(*text);
  if (!header) return failed(header);
  if (const auto typed = set_type(header->descr, array); !typed) return failed(typed);
  if (header->shape.empty())
    return fail(Cause::InvalidInput, "holds a single number; the first axis must count the samples");
  if (header->fortran_order && header->shape.size() > 1) {
    return fail(Cause::InvalidInput, "is in Fortran order; save it with numpy.ascontiguousarray");
  }
  array.shape = std::move(header->shape);
  if (const auto sized = check_size(array); !sized) return failed(sized);
  return array;
}

template <class T>
std::int64_t value_at(std::span<const std::byte> bytes, std::size_t index) {
  T value{};
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return -1;
  }
  return static_cast<std::int64_t>(value);
}

std::int64_t integer_at(const NpyArray& array, std::span<const std::byte> bytes, std::size_t index) {
  const bool has_sign = array.kind == 'i';
  switch (array.item_bytes) {
    case 1: return has_sign ? value_at<std::int8_t>(bytes, index) : value_at<std::uint8_t>(bytes, index);
    case 2: return has_sign ? value_at<std::int16_t>(bytes, index) : value_at<std::uint16_t>(bytes, index);
    case 4: return has_sign ? value_at<std::int32_t>(bytes, index) : value_at<std::uint32_t>(bytes, index);
    default: return has_sign ? value_at<std::int64_t>(bytes, index) : value_at<std::uint64_t>(bytes, index);
  }
}

}  // namespace

std::optional<ElementType> NpyArray::type() const {
  if (kind == 'b') return ElementType::Bool;
  if (kind == 'f')
    return item_bytes == 4 ? ElementType::Float32 : item_bytes == 8 ? ElementType::Float64 : ElementType::Float16;
  const bool has_sign = kind == 'i';
  switch (item_bytes) {
    case 1: return has_sign ? ElementType::Int8 : ElementType::Uint8;
    case 2: return has_sign ? ElementType::Int16 : ElementType::Uint16;
    case 4: return has_sign ? ElementType::Int32 : ElementType::Uint32;
    case 8: return has_sign ? ElementType::Int64 : ElementType::Uint64;
    default: return std::nullopt;
  }
}

std::string NpyArray::type_name() const {
  if (kind == 'b') return "bool";
  return fmt::format("{}{}", kind == 'f' ? "float" : kind == 'i' ? "int" : "uint", item_bytes * 8);
}

std::size_t NpyArray::row_bytes() const { return static_cast<std::size_t>(element_count(row_shape())) * item_bytes; }

std::string NpyArray::describe(std::size_t index) const {
  return row_names.empty() ? fmt::format("{} row {}", name, index) : row_names[index];
}

Status NpyArray::read_row(std::size_t index, std::span<std::byte> out) const {
  assert(index < rows() && out.size() == row_bytes());
  const auto read = bytes->read(data_offset + static_cast<std::uint64_t>(index) * row_bytes(), out);
  if (read) return {};
  return failed(read, row_names.empty() ? fmt::format("{}: row {}", name, index) : row_names[index]);
}

Result<NpyArray> open_npy(std::shared_ptr<const ByteSource> bytes, std::string name) {
  auto array = described(std::move(bytes));
  if (!array) return failed(array, name);
  array->name = std::move(name);
  return array;
}

Result<NpyArray> open_npy(const std::filesystem::path& path) {
  auto bytes = open_bytes(path);
  if (!bytes) return failed(bytes);
  return open_npy(std::move(*bytes), path.string());
}

Result<std::vector<std::int64_t>> read_labels(const NpyArray& array) {
  if (array.kind != 'i' && array.kind != 'u') {
    return fail(Cause::InvalidInput, "{}: labels must be integers, found {}", array.name, array.type_name());
  }
  const Shape rest = array.row_shape();
  if (rest.size() > 1 || (rest.size() == 1 && rest.front() != 1)) {
    return fail(Cause::InvalidInput, "{}: labels need shape [samples], found [{}]", array.name,
                fmt::join(array.shape, ","));
  }
  std::vector<std::byte> bytes(array.rows() * array.item_bytes);
  if (const auto read = array.bytes->read(array.data_offset, bytes); !read) return failed(read, array.name);
  std::vector<std::int64_t> labels(array.rows());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = integer_at(array, bytes, i);
    if (labels[i] < 0) return fail(Cause::InvalidInput, "{}: row {}: a label must be 0 or more", array.name, i);
  }
  return labels;
}

}  // namespace quantrail
