import { IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { DEFAULT_HOST, DEFAULT_PORT, IsPort } from './server-config.js';

/** The name to join under, when no argument gives one. */
export const USERNAME_VARIABLE = 'CHATTY_USERNAME';

/** Everything a person can set who joins. What a name may be is for the server to say. */
export class ClientConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name the machine where the server runs.' })
  readonly host: string = DEFAULT_HOST;

  @IsPort()
  readonly port: number = DEFAULT_PORT;

  @IsOptional()
  @IsString()
  readonly username?: string;
}
