#include <png.h>

#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.h"
#include "data/decode.h"

namespace quantrail {
namespace {

/// A PNG under way. libpng reports failures by a call that must not return: we jump back into the step under way. So
/// the steps below hold nothing that has a destructor.
struct Decoder {
  std::span<const std::byte> rest{};
  char message[128] = {};
  png_structp state = nullptr;
  png_infop info = nullptr;

  explicit Decoder(std::span<const std::byte> bytes) : rest(bytes) {}
  ~Decoder() { png_destroy_read_struct(&state, &info, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

[[noreturn]] void on_error(png_structp state, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(state));
  std::strncpy(decoder->message, message, sizeof decoder->message - 1);
  png_longjmp(state, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp state, png_bytep out, std::size_t count) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(state));
  if (decoder->rest.size() < count) png_error(state, "the file ends too early");
  std::memcpy(out, decoder->rest.data(), count);
  decoder->rest = decoder->rest.subspan(count);
}

/// Reads the header and asks for 8-bit RGB.
bool read_header(Decoder& decoder) {
  decoder.state = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, on_error, on_warning);
  if (decoder.state == nullptr) return false;
  if (setjmp(png_jmpbuf(decoder.state)) != 0) return false;
  decoder.info = png_create_info_struct(decoder.state);
  if (decoder.info == nullptr) return false;
  png_set_read_fn(decoder.state, &decoder, on_read);
  png_read_info(decoder.state, decoder.info);
  png_set_expand(decoder.state);
  png_set_strip_16(decoder.state);
  png_set_strip_alpha(decoder.state);
  png_set_gray_to_rgb(decoder.state);
  png_set_interlace_handling(decoder.state);
  png_read_update_info(decoder.state, decoder.info);
  return true;
}

bool read_pixels(Decoder& decoder, png_bytepp rows) {
  if (setjmp(png_jmpbuf(decoder.state)) != 0) return false;
  png_read_image(decoder.state, rows);
  return true;
}

}  // namespace

Result<Image> decode_png(std::span<const std::byte> bytes) {
  Decoder decoder(bytes);
  const auto damaged = [&] { return fail(Cause::InvalidInput, "damaged PNG: {}", printable(decoder.message)); };
  if (!read_header(decoder)) return damaged();
  const ImageSize size{png_get_image_width(decoder.state, decoder.info),
                       png_get_image_height(decoder.state, decoder.info)};
  if (size.width * size.height > kMostPixels) {
    return fail(Cause::InvalidInput, "{} x {} pixels are too many", size.width, size.height);
  }
  const auto row_bytes = static_cast<std::size_t>(size.width) * 3;
  if (png_get_rowbytes(decoder.state, decoder.info) != row_bytes) {
    return fail(Cause::InvalidInput, "PNG of a kind that cannot be read as RGB");
  }
  Image image = Image::of_size(size);
  std::vector<png_bytep> rows(static_cast<std::size_t>(size.height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = image.values.data() + y * row_bytes;
  if (!read_pixels(decoder, rows.data())) return damaged();
  return image;
}

}  // namespace quantrail
