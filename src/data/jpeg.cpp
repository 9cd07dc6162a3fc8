#include <csetjmp>
#include <cstdio>
// jpeglib.h needs FILE from <cstdio>.
#include <jpeglib.h>

#include <jerror.h>

#include "base/text.h"
#include "data/decode.h"

namespace quantrail {
namespace {

/// What libjpeg's error callbacks know. The library reports failures by a call that must not return: we jump back into
/// the step under way. So the steps below hold nothing that has a destructor.
struct Failure {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  char message[JMSG_LENGTH_MAX] = {};
};

struct Decoder {
  jpeg_decompress_struct state{};
  Failure failure{};
  bool created = false;

  Decoder() = default;
  ~Decoder() {
    if (created) jpeg_destroy_decompress(&state);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

[[noreturn]] void on_error(j_common_ptr state) {
  auto* failure = reinterpret_cast<Failure*>(state->err);
  state->err->format_message(state, failure->message);
  std::longjmp(failure->jump, 1);
}

/// Pillow decodes past warnings too, but not past the end of the file.
void on_message(j_common_ptr state, int level) {
  if (level < 0 && state->err->msg_code == JWRN_JPEG_EOF) on_error(state);
}

void on_output(j_common_ptr) {}

bool read_header(Decoder& decoder, std::span<const std::byte> bytes) {
  decoder.state.err = jpeg_std_error(&decoder.failure.manager);
  decoder.failure.manager.error_exit = on_error;
  decoder.failure.manager.emit_message = on_message;
  decoder.failure.manager.output_message = on_output;
  if (setjmp(decoder.failure.jump) != 0) return false;
  jpeg_create_decompress(&decoder.state);
  decoder.created = true;
  jpeg_mem_src(&decoder.state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&decoder.state, TRUE);
  return true;
}

/// Decodes into `pixels`: width * height * output components.
bool read_pixels(Decoder& decoder, std::uint8_t* pixels, std::size_t row_bytes) {
  if (setjmp(decoder.failure.jump) != 0) return false;
  jpeg_start_decompress(&decoder.state);
  while (decoder.state.output_scanline < decoder.state.output_height) {
    JSAMPROW row = pixels + static_cast<std::size_t>(decoder.state.output_scanline) * row_bytes;
    jpeg_read_scanlines(&decoder.state, &row, 1);
  }
  jpeg_finish_decompress(&decoder.state);
  return true;
}

void spread_grey(const std::vector<std::uint8_t>& grey, Image& out) {
  for (std::size_t i = 0; i < grey.size(); ++i)
    out.values[3 * i] = out.values[3 * i + 1] = out.values[3 * i + 2] = grey[i];
}

/// a * b / 255, rounded.
int scaled_product(int a, int b) {
  const int product = a * b + 128;
  return (product / 256 + product) / 256;
}

/// Without a colour profile, as Pillow does it: ink covers what is left of black. Adobe's files store inverted values.
void mix_inks(const std::vector<std::uint8_t>& cmyk, bool inverted, Image& out) {
  const auto ink = [&](std::size_t i) { return inverted ? 255 - cmyk[i] : static_cast<int>(cmyk[i]); };
  for (std::size_t i = 0; i < cmyk.size() / 4; ++i) {
    const int light = 255 - ink(4 * i + 3);
    for (std::size_t c = 0; c < 3; ++c) {
      out.values[3 * i + c] = static_cast<std::uint8_t>(light - scaled_product(ink(4 * i + c), light));
    }
  }
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::byte> bytes) {
  Decoder decoder;
  const auto damaged = [&] {
    return fail(Cause::InvalidInput, "damaged JPEG: {}", printable(decoder.failure.message));
  };
  if (!read_header(decoder, bytes)) return damaged();
  const ImageSize size{decoder.state.image_width, decoder.state.image_height};
  if (size.width * size.height > kMostPixels) {
    return fail(Cause::InvalidInput, "{} x {} pixels are too many", size.width, size.height);
  }
  const int components = decoder.state.num_components;
  if (components != 1 && components != 3 && components != 4) {
    return fail(Cause::InvalidInput, "JPEG with {} channels, allowed are 1, 3 and 4", components);
  }
  decoder.state.out_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  Image image = Image::of_size(size);
  const auto row_bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(components);
  if (components == 3)
    return read_pixels(decoder, image.values.data(), row_bytes) ? Result<Image>(std::move(image)) : damaged();
  std::vector<std::uint8_t> pixels(row_bytes * static_cast<std::size_t>(size.height));
  if (!read_pixels(decoder, pixels.data(), row_bytes)) return damaged();
  if (components == 1)
    spread_grey(pixels, image);
  else
    mix_inks(pixels, decoder.state.saw_Adobe_marker != 0, image);
  return image;
}

}  // namespace quantrail
