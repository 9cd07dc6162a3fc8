#include "synthetic_images.h"

#include <cmath>
#include <cstring>
#include <numbers>
#include <random>

namespace quantrail::bench {
namespace {

constexpr std::size_t kSide = 224;
constexpr std::size_t kPixels = 3 * kSide * kSide;
constexpr int kWaves = 5;

void add_wave(std::mt19937& engine, std::span<float> plane) {
  std::uniform_real_distribution<float> frequency(-6.0F, 6.0F);
  std::uniform_real_distribution<float> phase(0.0F, 2.0F * std::numbers::pi_v<float>);
  constexpr float kStep = 2.0F * std::numbers::pi_v<float> / static_cast<float>(kSide);
  const float across = frequency(engine) * kStep;
  const float down = frequency(engine) * kStep;
  const float start = phase(engine);
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      plane[y * kSide + x] += 0.6F * std::sin(across * static_cast<float>(x) + down * static_cast<float>(y) + start);
    }
  }
}

}  // namespace

SyntheticImages::SyntheticImages(std::size_t count)
    : count_(count), inputs_{{"image", ElementType::Float32, {3, kSide, kSide}}} {}

Status SyntheticImages::read(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
  std::mt19937 engine(static_cast<std::uint32_t>(index + 1));
  std::normal_distribution<float> noise(0.0F, 0.2F);
  std::vector<float> image(kPixels);
  for (float& pixel : image) pixel = noise(engine);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (int wave = 0; wave < kWaves; ++wave) {
      add_wave(engine, std::span(image).subspan(channel * kSide * kSide, kSide * kSide));
    }
  }
  std::memcpy(buffers[0].data(), image.data(), image.size() * sizeof(float));
  return {};
}

std::string SyntheticImages::describe(std::size_t index) const { return "synthetic image " + std::to_string(index); }

}  // namespace quantrail::bench
