#include "metrics/npy_writer.h"

#include <fstream>

#include "metrics/output_values.h"
#include "model/half.h"

namespace quantrail {
namespace {

const char* descr_of(ElementType type) {
  switch (type) {
    case ElementType::Float32: return "<f4";
    case ElementType::Float64: return "<f8";
    case ElementType::Float16: return "<f2";
    case ElementType::Int8: return "|i1";
    case ElementType::Uint8: return "|u1";
    case ElementType::Int16: return "<i2";
    case ElementType::Uint16: return "<u2";
    case ElementType::Int32: return "<i4";
    case ElementType::Uint32: return "<u4";
    case ElementType::Int64: return "<i8";
    case ElementType::Uint64: return "<u8";
    case ElementType::Bool: return "|b1";
    case ElementType::BFloat16: return "<f4";
  }
  return "<f4";
}

/// (), (3,), (3, 4)
std::string tuple_of(const Shape& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace

Status write_npy(const std::filesystem::path& path, const OutputView& values) {
  if (values.type == ElementType::BFloat16) {
    const Tensor wide = widened(Tensor{values.type, values.shape, {values.bytes.begin(), values.bytes.end()}});
    return write_npy(path, {wide.type, wide.shape, wide.bytes});
  }
  constexpr std::size_t kPrefix = 10, kAlignment = 64;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr_of(values.type),
                                   tuple_of(values.shape));
  while ((kPrefix + header.size() + 1) % kAlignment != 0) header += ' ';
  header += '\n';
  std::string prefix = "\x93NUMPY";
  prefix += '\x01';
  prefix += '\0';
  prefix += static_cast<char>(header.size() % 256);
  prefix += static_cast<char>(header.size() / 256);
  std::ofstream file(path, std::ios::binary);
  file << prefix << header;
  file.write(reinterpret_cast<const char*>(values.bytes.data()), static_cast<std::streamsize>(values.bytes.size()));
  file.close();
  return file ? Status{} : fail(Cause::Storage, "{}: cannot be written", path.string());
}

}  // namespace quantrail
