//! Small pictures of pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The longest side, in pixels.
const SIDE: u32 = 320;
/// What a picture may take up while it is made small.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// What a thumbnail is.
pub const CONTENT_TYPE: &str = "image/png";

/// The picture within 320 by 320 pixels, turned as its maker held the camera, and without what the camera wrote into it.
/// Takes a core.
pub fn make(format: ImageFormat, bytes: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let picture = DynamicImage::from_decoder(decoder)?;
    // One that is smaller stays as it is.
    let mut small = if picture.width().max(picture.height()) > SIDE { picture.thumbnail(SIDE, SIDE) } else { picture };
    small.apply_orientation(orientation);
    let mut png = vec![];
    small.write_to(&mut Cursor::new(&mut png), ImageFormat::Png)?;
    Ok(png)
}
